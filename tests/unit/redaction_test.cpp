#include "runtime/redaction.hpp"
#include "tests/support/catch.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

using freehold::server_error;

namespace {

server_error said(std::string_view sqlstate, std::string_view message) {
  server_error e;
  e.sqlstate = sqlstate;
  e.severity = "ERROR";
  e.message = message;
  return e;
}

std::string redacted(const server_error& e, std::initializer_list<std::string_view> values = {}) {
  const std::vector<std::string_view> list{values};
  return freehold::redacted_message(e, list);
}

std::string redacted(std::string_view sqlstate, std::string_view message,
                     std::initializer_list<std::string_view> values = {}) {
  return redacted(said(sqlstate, message), values);
}

} // namespace

TEST_CASE("a parameter quoted in a data error becomes its number") {
  CHECK(redacted("22P02", R"(invalid input syntax for type integer: "s3cret")",
                 {"Lyon", "s3cret"}) == R"(invalid input syntax for type integer: "$2")");
  CHECK(redacted("22003", R"(value "99999999999" is out of range for type integer)",
                 {"99999999999"}) == R"(value "$1" is out of range for type integer)");
  CHECK(redacted("22007", R"(invalid input syntax for type date: "yesteryear")", {"yesteryear"}) ==
        R"(invalid input syntax for type date: "$1")");
}

TEST_CASE("a value that the server transformed is hidden by its quotes") {
  CHECK(redacted("22P02", R"(invalid input syntax for type integer: "b c")", {R"({1,"b c"})"}) ==
        R"(invalid input syntax for type integer: "…")");
  CHECK(redacted("22P02", R"(invalid input value for enum mood: "x")", {"x"}) ==
        R"(invalid input value for enum mood: "…")");
  CHECK(redacted("42804", R"(column "rent" is of type "secret")") == R"(column "…")");
}

TEST_CASE("a value that contains a quote is hidden to its end") {
  CHECK(redacted("22P02", R"(invalid input syntax for type integer: "a" and secret "b")") ==
        R"(invalid input syntax for type integer: "…")");
  CHECK(redacted("22P02", R"(invalid input syntax for type integer: "never closed secret)") ==
        R"(invalid input syntax for type integer: "…")");
}

TEST_CASE("every language's quotation marks hide values") {
  CHECK(redacted("22P02", "ungültige Eingabesyntax für Typ integer: »geheim«") ==
        "ungültige Eingabesyntax für Typ integer: \"…\"");
  CHECK(redacted("22P02", "ungültige Eingabesyntax für Typ integer: „geheim“") ==
        "ungültige Eingabesyntax für Typ integer: \"…\"");
  CHECK(redacted("22P02", "syntaxe en entrée invalide pour le type integer : « secret »") ==
        "syntaxe en entrée invalide pour le type integer : \"…\"");
  CHECK(redacted("22P02", "la sintaxis de entrada no es válida para tipo integer: «secreto»") ==
        "la sintaxis de entrada no es válida para tipo integer: \"…\"");
  CHECK(redacted("22P02", "无效的类型 integer 输入语法: “秘密”") ==
        "无效的类型 integer 输入语法: \"…\"");
  CHECK(redacted("22P02", "integer型の入力構文が不正です:'himitsu'") ==
        "integer型の入力構文が不正です:\"…\"");
  CHECK(redacted("22P02", "値「秘密」は不正です") == "値\"…\"は不正です");
  CHECK(redacted("P0001", "no room for 'Mr Smith'") == "no room for \"…\"");
}

TEST_CASE("an apostrophe hides nothing") {
  CHECK(redacted("22012", "can't divide, l'opération est impossible") ==
        "can't divide, l'opération est impossible");
  CHECK(redacted("P0001", "bad literal E'secret'") == "bad literal E\"…\"");
}

TEST_CASE("the names of the violated constraint stay readable") {
  server_error e =
      said("23505", R"(duplicate key value violates unique constraint "tenant_email_key")");
  e.constraint = "tenant_email_key";
  CHECK(redacted(e, {"ann@example.org"}) == e.message);

  e = said("23503", R"(update or delete on table "home" violates foreign key constraint )"
                    R"("lease_home" on table "lease")");
  e.constraint = "lease_home";
  e.table = "lease";
  CHECK(redacted(e) == R"(update or delete on table "…" violates foreign key constraint )"
                       R"("lease_home" on table "lease")");

  e = said("23502", "une valeur NULL viole la contrainte NOT NULL de la colonne « rent »");
  e.column = "rent";
  CHECK(redacted(e) == e.message);
}

TEST_CASE("names of objects stay readable where quotes hold nothing else") {
  CHECK(redacted("42P01", R"(relation "hoem" does not exist)") ==
        R"(relation "hoem" does not exist)");
  CHECK(redacted("42703", R"(column "retn" does not exist)", {"Lyon"}) ==
        R"(column "retn" does not exist)");
  CHECK(redacted("28P01", R"(password authentication failed for user "app")") ==
        R"(password authentication failed for user "app")");
}

TEST_CASE("a parameter is hidden in every class, in any case") {
  CHECK(redacted("42P01", R"(relation "secrettable" does not exist)", {"SecretTable"}) ==
        R"(relation "$1" does not exist)");
  CHECK(redacted("42601", R"(syntax error in tsquery: "blue & ")", {"x", "blue & "}) ==
        R"(syntax error in tsquery: "$2")");
  CHECK(redacted("P0001", "tenant 4711 owes 1200", {"4711", "1200"}) == "tenant $1 owes $2");
}

TEST_CASE("an identifier that the server cut short is hidden") {
  const std::string value(100, 'k');
  CHECK(redacted("42P01", "relation \"" + value.substr(0, 63) + "\" does not exist", {value}) ==
        R"(relation "$1" does not exist)");
}

TEST_CASE("of overlapping values nothing stays behind") {
  CHECK(redacted("42601", "near abcdef!", {"abc", "bcdef"}) == "near $1$2!");
  CHECK(redacted("42601", "near secret99", {"secret", "secret99"}) == "near $1$2");
}

TEST_CASE("values of fewer than three bytes are not searched for") {
  CHECK(redacted("42703", R"(column "rent" does not exist)", {"r", "en", ""}) ==
        R"(column "rent" does not exist)");
}

TEST_CASE("quotes of codes that only a RAISE makes up are hidden") {
  CHECK(redacted("ZZ001", R"(tenant "Smith" is unknown)") == R"(tenant "…" is unknown)");
  CHECK(redacted("P0001", R"(tenant "Smith" is unknown)") == R"(tenant "…" is unknown)");
}

TEST_CASE("undecodable bytes are hidden") {
  CHECK(redacted("22021", R"(invalid byte sequence for encoding "UTF8": 0xe9 0x20 0x66)") ==
        R"(invalid byte sequence for encoding "…": 0x… 0x… 0x…)");
  CHECK(redacted("22021", "bytes 0xe9") == "bytes 0x…");
}

TEST_CASE("the text is one line without control characters") {
  CHECK(redacted("42601", "a\r\nb\tc\x1b[31m\u0085d\u2028e") == "a  b c [31m d e");
  CHECK(redacted("42601", "line\nbreak in value", {"line\nbreak"}) == "$1 in value");
}

TEST_CASE("a text of any length ends at 1000 bytes and between characters") {
  std::string message = "x";
  for (int i = 0; i < 1000; ++i)
    message += "é";
  const std::string text = redacted("42601", message);
  CHECK(text.size() == 999);
  CHECK(text.ends_with("é"));
  CHECK(redacted("42601", "").empty());
}

TEST_CASE("a value that the length limit cuts is hidden") {
  // 120 short values collapse to a few bytes each, so the cut is in the output.
  const std::string filler(30, 'f');
  const std::string value = "0123456789secret";
  for (std::size_t shift = 0; shift < 40; ++shift) {
    std::string message(shift, ' ');
    while (message.size() < 4200)
      message += filler + value;
    CAPTURE(shift);
    const std::string text = redacted("42601", message, {filler, value});
    CHECK(text.find("012") == std::string::npos);
    CHECK(text.find("ff") == std::string::npos);
  }
}

TEST_CASE("a message of many megabytes is redacted in bounded work") {
  const std::string value(8U << 20U, 'a');
  const std::string text =
      redacted("22P02", "invalid input syntax for type integer: \"" + value + "\"", {value, value});
  CHECK(text == R"(invalid input syntax for type integer: "…")");
}

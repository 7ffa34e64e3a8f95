// What people type, and what is made of it.
#include "examples/rental/forms.hpp"

#include "examples/rental/tests/stand.hpp"

#include <map>

using namespace rental;

namespace {

using typed = std::map<std::string, std::string>;

struct judged {
  search what;
  std::set<std::string> wrong;
};

judged judge(const typed& fields) {
  judged found;
  const auto value = [&](const char* field) {
    const auto at = fields.find(field);
    return at == fields.end() ? std::string{} : at->second;
  };
  found.what = read_search(value, found.wrong);
  return found;
}

bool is_wrong(const std::string& field, const std::string& value) {
  return judge({{field, value}}).wrong == std::set{field};
}

std::string times(int count, const std::string& part) {
  std::string all;
  for (int i = 0; i < count; ++i)
    all += part;
  return all;
}

} // namespace

TEST_CASE("a search without fields, or with empty ones, is the newest of all homes") {
  for (const auto& [what, wrong] :
       {judge({}), judge({{"city", ""}, {"rent_from", ""}, {"rent_to", " "}, {"rooms", ""}})}) {
    CHECK(wrong.empty());
    CHECK(what.city.empty());
    CHECK(what.rent_from == 0);
    CHECK(what.rent_to == 100'000);
    CHECK(what.rooms == 1);
    CHECK(what.sorted_by == 0);
    CHECK(what.page == 1);
  }
}

TEST_CASE("each number of a search is taken up to its limits, with spaces around it") {
  const auto [what, wrong] = judge({{"rent_from", " 100000 "},
                                    {"rent_to", "\t100000\r\n"},
                                    {"rooms", "20"},
                                    {"page", "80"},
                                    {"city", "  Zürich "},
                                    {"sort", "largest"}});
  CHECK(wrong.empty());
  CHECK(what.rent_from == 100'000);
  CHECK(what.rent_to == 100'000);
  CHECK(what.rooms == 20);
  CHECK(what.page == 80);
  CHECK(what.city == "Zürich");
  CHECK(what.sorted_by == 2);
  const auto [least, none] = judge({{"rent_from", "0"}, {"rent_to", "0"}, {"rooms", "1"}});
  CHECK(none.empty());
  CHECK(least.rent_to == 0);
}

TEST_CASE("a number that is none, or past a limit, is named") {
  const std::string field = GENERATE("rent_from", "rent_to", "rooms", "page");
  for (const char* value : {"abc", "-1", "1e3", "1.5", "0x10", "1 000", "1,000", "€ 5", "+7",
                            "100001", "2147483648", "99999999999999999999", "١٢", "--", "12a"}) {
    INFO(field << " = " << value);
    CHECK(is_wrong(field, value));
  }
  CHECK(is_wrong(field, std::string{"1\0", 2}));
}

TEST_CASE("rooms and pages begin at one and end at their limits") {
  CHECK(is_wrong("rooms", "0"));
  CHECK(is_wrong("rooms", "21"));
  CHECK(is_wrong("page", "0"));
  CHECK(is_wrong("page", "81"));
}

TEST_CASE("a highest rent below the lowest one is wrong, and so is only that") {
  CHECK(judge({{"rent_from", "900"}, {"rent_to", "899"}}).wrong ==
        std::set<std::string>{"rent_to"});
  CHECK(judge({{"rent_from", "900"}, {"rent_to", "900"}}).wrong.empty());
}

TEST_CASE("all fields that are wrong are named at once") {
  const auto found = judge({{"city", times(81, "a")},
                            {"rent_from", "x"},
                            {"rent_to", "-5"},
                            {"rooms", "many"},
                            {"sort", "best"},
                            {"page", "0"}});
  CHECK(found.wrong ==
        std::set<std::string>{"city", "rent_from", "rent_to", "rooms", "sort", "page"});
}

TEST_CASE("homes are sorted in three ways and no other") {
  CHECK(judge({{"sort", "newest"}}).what.sorted_by == 0);
  CHECK(judge({{"sort", "cheapest"}}).what.sorted_by == 1);
  for (const char* value : {"Newest", "newest ", "rent; DROP TABLE property", "0"}) {
    INFO(value);
    CHECK(is_wrong("sort", value));
  }
}

TEST_CASE("a city has at most 80 letters of any script") {
  CHECK(judge({{"city", times(80, "a")}}).wrong.empty());
  CHECK(judge({{"city", times(80, "ü")}}).wrong.empty());
  CHECK(judge({{"city", times(80, "🏠")}}).wrong.empty());
  CHECK(is_wrong("city", times(81, "a")));
  CHECK(is_wrong("city", times(81, "ü")));
}

TEST_CASE("a city that is no UTF-8, or has a control character, is wrong") {
  for (const std::string& value :
       {std::string{"\xff\xfe"}, std::string{"Z\xfcrich"}, std::string{"\xc3"},
        std::string{"\xc0\xaf"}, std::string{"\xed\xa0\x80"}, std::string{"Ber\0lin", 7},
        std::string{"a\x1b[31mb"}, std::string{"a\x7f"}})
    CHECK(is_wrong("city", value));
}

TEST_CASE("an e-mail address is kept in lower case, without what is around it") {
  CHECK(normal_email(" \tAnn@Example.ORG\r\n") == "ann@example.org");
  CHECK(normal_email("a@b") == "a@b");
  CHECK(normal_email("o'brien+homes@example.org") == "o'brien+homes@example.org");
  CHECK(normal_email("jörg@exämple.org") == "jörg@exämple.org");
  CHECK(normal_email(times(250, "a") + "@b.c"));
}

TEST_CASE("what cannot be one e-mail address is none") {
  for (const std::string& value :
       {std::string{}, std::string{"  "}, std::string{"ann"}, std::string{"@b"}, std::string{"a@"},
        std::string{"a@b@c"}, std::string{"a b@c"}, std::string{"a@b,c@d"}, std::string{"a@b;c"},
        std::string{"<a@b>"}, std::string{"a@b\nBcc: c@d"}, std::string{"a@b\rc"},
        std::string{"a\0@b", 4}, std::string{"a\x7f@b"}, std::string{"\xff@b"},
        times(251, "a") + "@b.c"}) {
    INFO(value);
    CHECK_FALSE(normal_email(value));
  }
}

TEST_CASE("a message has 10 to 2000 characters, whatever bytes each has") {
  for (const char* letter : {"a", "ü", "€", "🏠"}) {
    INFO(letter);
    CHECK_FALSE(is_message(times(9, letter)));
    CHECK(is_message(times(10, letter)));
    CHECK(is_message(times(2'000, letter)));
    CHECK_FALSE(is_message(times(2'001, letter)));
  }
}

TEST_CASE("spaces around a message do not count, those within and new lines do") {
  CHECK_FALSE(is_message("  \n" + times(9, "a") + " \r\n\t"));
  CHECK(is_message("\n" + times(2'000, "a") + "\n"));
  CHECK(is_message("a        b"));
  CHECK(is_message("Hello,\r\n\r\n\tI like it."));
  CHECK_FALSE(is_message(times(100, " ")));
}

TEST_CASE("a new line of a message is one character, as browsers count it") {
  CHECK(is_message(times(1'000, "a\r\n").substr(0, 2'998)));
  CHECK_FALSE(is_message(times(1'001, "a\r\n")));
}

TEST_CASE("a message with a control character or broken UTF-8 is none") {
  for (const std::string& part :
       {std::string{"\0", 1}, std::string{"\x1b[2J"}, std::string{"\x7f"}, std::string{"\x07"},
        std::string{"\xff"}, std::string{"\xe2\x82"}})
    CHECK_FALSE(is_message("A message like this." + part));
}

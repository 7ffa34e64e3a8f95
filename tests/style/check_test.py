#!/usr/bin/env python3
"""Each rule of check.py, broken and kept, on a tree of its own."""
import tempfile
import textwrap
import unittest
from pathlib import Path

import check
import functions


def problems(files):
    with tempfile.TemporaryDirectory() as top:
        for name, text in files.items():
            path = Path(top, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return check.problems(top)


class Rules(unittest.TestCase):
    def refused(self, files, *expected):
        """Exactly one problem, and it contains each of the texts expected."""
        found = problems(files)
        self.assertEqual(len(found), 1, found)
        for text in expected:
            self.assertIn(text, found[0])

    def accepted(self, files):
        self.assertEqual(problems(files), [])


class Arrow(Rules):
    PUBLIC = {
        "config/include/freehold/config.hpp": "",
        "runtime/include/freehold/value.hpp": "#include <freehold/config.hpp>\n",
        "actors/include/freehold/database.hpp": "#include <freehold/value.hpp>\n",
    }

    def test_includes_along_the_arrow(self):
        self.accepted(self.PUBLIC | {
            "config/load.cpp": '#include "config/load.hpp"\n#include <vector>\n',
            "runtime/backoff.cpp": '#include "config/load.hpp"\n#include <freehold/config.hpp>\n',
            "actors/supervisor.cpp": '#include "runtime/backoff.hpp"\n',
            "tests/unit/a_test.cpp": '#include "actors/supervisor.hpp"\n#include "tests/a.hpp"\n',
            "examples/one.cpp": "#include <freehold/database.hpp>\n",
        })

    def test_includes_against_the_arrow(self):
        for includer, included in [
            ("config/load.cpp", '"runtime/backoff.hpp"'),
            ("config/load.cpp", "<freehold/value.hpp>"),
            ("runtime/backoff.cpp", '"actors/supervisor.hpp"'),
            ("runtime/backoff.cpp", "<freehold/database.hpp>"),
            ("actors/supervisor.cpp", '"tests/a.hpp"'),
            ("examples/one.cpp", '"tests/a.hpp"'),
            ("bench/one.cpp", '"examples/a.hpp"'),
        ]:
            with self.subTest(includer=includer, included=included):
                text = f"// one\n#  include {included}\n"
                self.refused(self.PUBLIC | {includer: text}, f"{includer}:2:", check.ARROW)

    def test_an_include_in_a_comment_is_none(self):
        text = '// #include "runtime/a.hpp"\n/*\n#include "runtime/a.hpp"\n*/\n'
        self.accepted({"config/load.cpp": text})

    def test_names_from_the_top_of_the_project(self):
        self.refused({"config/load.cpp": '#include "load.hpp"\n'}, "from the top")

    def test_a_public_header_has_one_name(self):
        text = '#include "config/include/freehold/config.hpp"\n'
        self.refused(self.PUBLIC | {"runtime/a.cpp": text}, "<freehold/config.hpp>")
        self.refused({"runtime/a.cpp": "#include <freehold/none.hpp>\n"}, "no public header")

    def test_a_public_header_shows_nothing_private(self):
        files = {"runtime/include/freehold/value.hpp": '#include "runtime/hex.hpp"\n'}
        self.refused(files, "may not include the private")


class ThirdParties(Rules):
    def test_one_file_includes_the_driver(self):
        self.accepted({
            "runtime/pqxx_session.cpp": "#include <pqxx/pqxx>\n#include <libpq-fe.h>\n",
            "tests/postgres/a_test.cpp": "#include <pqxx/pqxx>\n",
            "bench/a.cpp": "#include <libpq-fe.h>\n",
        })

    def test_two_files_include_the_driver(self):
        for second in ["<pqxx/connection>", "<libpq-fe.h>", "<libpq/libpq-fs.h>", '"libpq-fe.h"']:
            with self.subTest(second=second):
                found = problems({
                    "runtime/pqxx_session.cpp": "#include <pqxx/pqxx>\n",
                    "actors/connection.cpp": f"\n#include {second}\n",
                })
                self.assertTrue(any("actors/connection.cpp:2:" in text for text in found), found)
                self.assertTrue(any("runtime/pqxx_session.cpp:1:" in text for text in found), found)

    def test_caf_is_for_the_actors(self):
        include = "#include <caf/actor.hpp>\n"
        self.accepted({"actors/a.cpp": include, "tests/a.cpp": include, "examples/a.cpp": include})
        self.refused({"runtime/a.cpp": include}, "runtime/a.cpp:1:", "CAF")
        self.refused({"config/a.hpp": include}, "config/a.hpp:1:", "CAF")

    def test_toml_is_for_the_configuration(self):
        self.accepted({"config/a.cpp": "#include <toml++/toml.h>\n"})
        self.refused({"runtime/a.cpp": "#include <toml++/toml.hpp>\n"}, "toml++")
        self.refused({"tests/a.cpp": "#include <toml++/toml.h>\n"}, "toml++")


class Sizes(Rules):
    def test_files(self):
        self.accepted({"config/a.cpp": "int a;\n" * 300, "README.md": "a\n" * 400})
        self.refused({"config/a.cpp": "int a;\n" * 301}, "config/a.cpp:301:", "at most 300")
        self.refused({"tests/unit/a.hpp": "int a;\n" * 301}, "at most 300")

    def test_functions(self):
        def function(lines):
            return "namespace a {\nvoid long_one() {\n" + "  b();\n" * (lines - 2) + "}\n}\n"

        self.accepted({"config/a.cpp": function(70)})
        self.refused({"config/a.cpp": function(71)}, "a.cpp:2: long_one has 71", "at most 70")

    def test_what_cannot_be_measured_is_refused(self):
        self.refused({"config/a.cpp": "void a() {\n"}, "config/a.cpp:1:", "do not balance")
        self.refused({"config/a.cpp": "void a() {}\n}\n"}, "config/a.cpp:2:", "do not balance")

    def test_public_headers(self):
        def headers(count):
            return {f"config/include/freehold/h{number}.hpp": "" for number in range(count)}

        self.accepted(headers(15))
        self.refused(headers(16), "16 public headers", "at most 15")

    def test_columns(self):
        self.accepted({"config/a.cpp": "// " + "ä" * 97 + "\n", "README.md": "a" * 200})
        self.refused({"config/a.cpp": "//" + "a" * 99 + "\n"}, "config/a.cpp:1: 101 columns")
        self.refused({"dev": "\n#" + "a" * 100 + "\n"}, "dev:2: 101 columns")

    def test_the_example_of_a_service(self):
        def service(lines):
            of_three = "// why\n\nint a; // b\n"
            files = {f"examples/rental/{at}.cpp": of_three * 100 for at in range(8)}
            return files | {
                "examples/rental/rest.hpp": "/* a\nb */\n" + "int a;\n" * (lines - 800),
                "examples/rental/tests/a.cpp": "int a;\n" * 200,
            }

        self.accepted(service(899))
        self.refused(service(900), "examples/rental:1: 900 lines", "fewer than 900")


class Habits(Rules):
    def test_a_sleeping_test_has_a_reason(self):
        for call in ["std::this_thread::sleep_for(1s);", "sleep_until(then);", "usleep(1);"]:
            reason = call + " // waits for the outside: the server restarts\n"
            self.accepted({"tests/a.cpp": reason, "bench/a.cpp": call + "\n"})
            self.refused({"tests/a.cpp": "\n" + call + "\n"}, "tests/a.cpp:2:", "says why")
            self.refused({"examples/b/tests/a.cpp": call + "\n"}, "a.cpp:1:", "says why")
        self.accepted({"tests/a.cpp": "// sleep_for would be wrong\n"})

    def test_nothing_of_a_machine(self):
        for leak in ["/" + "home/someone", "/" + "root/a", "Co-authored" + "-by"]:
            self.refused({"README.md": f"\nsee {leak}: there\n"}, "README.md:2:", "machine")
        self.accepted({"README.md": "/usr/bin, /tmp, frame/work, https://a.org/home/b\n"})


class Functions(unittest.TestCase):
    """The measurer: what is a function, and from where to where."""

    def bodies(self, text):
        return [(body.name, body.lines) for body in functions.bodies(textwrap.dedent(text))]

    def test_scopes_are_no_functions(self):
        self.assertEqual(self.bodies("""
            namespace a::b { inline namespace c { extern "C" {
            class d final : public e<int> { public: struct f { int g; }; enum class h : int { i };
              union { int j; }; private: };
            template <class T> requires(sizeof(T) > 1) struct alignas(8) k {};
            }}}
        """), [])

    def test_initialisers_are_no_functions(self):
        self.assertEqual(self.bodies("""
            const std::map<int, int> a = {{1, 2},
                                          {f(3), 4}};
            std::array<int, 2> b{
                1, 2};
            struct c { int d{3}; e f = g({4}); std::function<void()> h{[] {}}; };
            enum i { j };
        """), [])

    def test_functions_of_every_kind(self):
        self.assertEqual(self.bodies("""
            int a() { return 1; }
            auto b::c(int d = {}, e f = {1}) const noexcept -> std::vector<int> {
              return {1};
            }
            template <class T, class = std::enable_if_t<(sizeof(T) > 1)>> void g() {
            }
            struct h { h() : i{1}, j(2) {
              }
              ~h() {}
              bool operator==(const h& k) const { return i == k.i; }
              int operator()(int l) {
                return l;
              }
              int i{0}; int j; };
            TEST_CASE("m {") {
            }
            static constexpr auto n = [](int o) {
              return o;
            };
        """), [("a", 1), ("b::c", 3), ("g", 2), ("h", 2), ("~h", 1), ("operator==", 1),
               ("operator()", 3), ("TEST_CASE", 2), ("a function", 3)])

    def test_what_is_inside_counts_as_a_part(self):
        self.assertEqual(self.bodies("""
            void a() {
              auto b = [&](int c) { if (c) { d({1}); } };
              struct e { void f() {} };
              for (;;) {
              }
            }
            void g() {}
        """), [("a", 6), ("g", 1)])

    def test_braces_that_are_none(self):
        self.assertEqual(self.bodies("""
            void a() { // {
              const char b = '{', c = '\\'', d = '"';
              const auto e = "{\\"{", f = R"({"{)", g = R"x(})" } )x", h = u8"}";
              const int i = 1'000'000, j = 0x'7b; /* } */
            #define K {
            }
        """), [("a", 6)])

    def test_alternatives_that_open_one_brace_twice(self):
        self.assertEqual(self.bodies("""
            #if A
            void a() {
            #elif B
            void b() {
            #else
            void c() {
            #endif
            }
            void d() {}
        """), [("a", 7), ("d", 1)])

    def test_a_macro_without_semicolon_before_a_scope(self):
        self.assertEqual(self.bodies("""
            A_MACRO(b, c)
            namespace d {
            void e() {
            }
            }
        """), [("e", 2)])


if __name__ == "__main__":
    unittest.main()

"""What the compiler says of mistakes in handlers: one error each, whose sentence helps.

    compile_errors_test.py COMPILER SOURCE_DIR
"""

import subprocess
import sys
import unittest

COMPILER, ROOT = sys.argv.pop(1), sys.argv.pop(1)

HANDLER = """
#include <bora/web.h>
#include <map>
#include <string>
#include <vector>
struct Thing { int a; };
struct Shown : bora::web::RequestHandler {
  void get() { %s }
};
int main() { bora::web::Application app({bora::web::url<Shown>("/")}); }
"""


def errors_of(body, include=""):
    source = include + HANDLER % body
    command = [COMPILER, "-std=c++20", "-fsyntax-only", f"-I{ROOT}/runtime/include", "-x", "c++", "-"]
    result = subprocess.run(command, input=source, capture_output=True, text=True)
    return [line for line in result.stderr.splitlines() if " error: " in line]


class CompileErrors(unittest.TestCase):
    def check_one(self, body, sentence, include=""):
        errors = errors_of(body, include)
        self.assertEqual(len(errors), 1, "\n".join(errors))
        self.assertIn(sentence, errors[0])

    def test_json_without_its_header(self):
        self.check_one("write(std::map<std::string, int>{});",
                       "write() makes JSON of this value: #include <bora/json.h>")
        self.check_one("write_json(7);", "write() makes JSON of this value: #include <bora/json.h>")
        self.check_one("auto body = get_json_body();", "get_json_body() needs #include <bora/json.h>")

    def test_a_type_without_a_form_in_json(self):
        self.check_one("write(Thing{1});", "this type has no form in JSON: define void to_json(",
                       "#include <bora/json.h>")

    def test_headers_and_arguments(self):
        self.check_one('set_header("X-Ratio", 0.5);', "the value of a header is a text, a whole number")
        self.check_one('get_argument<Thing>("a");', "an argument is an integer, a floating-point number")
        for call in ("get_argument", "get_query_argument", "get_body_argument", "get_cookie"):
            self.check_one(f'write({call}("a", nullptr));', "deleted")

    def test_on_message(self):
        socket = """
#include <bora/web.h>
#include <bora/websocket.h>
struct Order { int amount; };
class Live : public bora::websocket::WebSocketHandler { %s };
int main() { bora::web::Application app({bora::web::url<Live>("/")}); }
"""
        from_json = ("#include <bora/json.h>\n",
                     "inline void from_json(const nlohmann::json& json, Order& order) { json.get_to(order.amount); }\nclass Live")
        for members, sentence in (
                ("public: void on_message(Order order) {}", "include <bora/json.h> for one with from_json()"),
                ("void on_message(std::string_view text) {}", "needs a public, not overloaded on_message()"),
                ("", None)):
            source = socket % members
            self.assertEqual([sentence] if sentence else [],
                             [sentence for line in self.errors_in(source) if sentence and sentence in line],
                             self.errors_in(source))
        source = from_json[0] + socket.replace("class Live", from_json[1]) % "public: void on_message(Order order) {}"
        self.assertEqual(self.errors_in(source), [])

    def errors_in(self, source):
        command = [COMPILER, "-std=c++20", "-fsyntax-only", f"-I{ROOT}/runtime/include", "-x", "c++", "-"]
        result = subprocess.run(command, input=source, capture_output=True, text=True)
        return [line for line in result.stderr.splitlines() if " error: " in line]

    def test_what_is_right_compiles(self):
        self.assertEqual(errors_of('write(get_argument("page", 1)); set_header("X", 7);'
                                   "write(std::map<std::string, int>{});"
                                   "write(get_json_body<std::vector<int>>().size());",
                                   "#include <bora/json.h>"), [])

    def test_what_of_finish_g_plus_plus_12_can_not_await(self):
        source = HANDLER.replace("void get()", "bora::Task<void> get()") % "%s" + (
            "inline void to_json(nlohmann::json& json, const Thing& thing) { json = {{\"a\", thing.a}}; }")
        source = "#include <bora/json.h>\n" + source.replace("int a;", "int a; std::string b = {};")
        macros = subprocess.run([COMPILER, "-dM", "-E", "-x", "c++", "/dev/null"], capture_output=True, text=True).stdout
        is_lost = "__clang__" not in macros and int(macros.split("__GNUC__ ")[1].split()[0]) < 13
        accepted = ('finish(Thing{1}); const Thing named{1}; co_await finish(named);'
                    'co_await finish(std::string("a") + "b");')
        for body, is_refused in (("co_await finish(Thing{1});", is_lost), (accepted, False)):
            command = [COMPILER, "-std=c++20", "-fsyntax-only", "-Wall", "-Werror", f"-I{ROOT}/runtime/include",
                       "-x", "c++", "-"]
            result = subprocess.run(command, input=source % body, capture_output=True, text=True)
            errors = [line for line in result.stderr.splitlines() if " error: " in line]
            self.assertEqual(len(errors), 1 if is_refused else 0, body + "\n".join(errors))
            self.assertTrue(all("give the object a name" in error for error in errors))


unittest.main()

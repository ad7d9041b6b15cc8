#include "compiler/diagnostics/catalog.h"

#include <algorithm>
#include <array>

namespace bora::compiler {
namespace {

// Sorted by code. One block for each letter, one comment for each folder that reports it.
constexpr auto kCatalog = std::to_array<CatalogEntry>({
    // compiler/driver/codes.h
    {"E001", "a template folder that does not exist or can't be read"},
    {"E002", "a file that can't be written"},
    {"E003", "a list of pages that can't be read"},

    // compiler/routes/codes.h
    {"R001", "a manifest holds a NUL byte"},
    {"R002", "a manifest is not valid UTF-8"},
    {"R003", "a manifest is not TOML"},
    {"R004", "a key is defined twice"},
    {"R005", "a manifest without routes"},

    // compiler/driver/codes.h
    {"R008", "a route manifest that does not exist"},
    {"R009", "a route manifest that can't be read"},

    // compiler/routes/codes.h
    {"R010", "a key that the manifest does not know"},
    {"R011", "a section that the manifest does not know"},
    {"R012", "a key is missing"},
    {"R013", "a value of the wrong type"},
    {"R014", "an empty value"},
    {"R015", "a key of the manifest that is not supported yet"},
    {"R020", "a route's or group's name that can't be a name in C++"},
    {"R021", "a handler that is not the name of a C++ class"},
    {"R022", "a namespace that is not the name of one"},
    {"R023", "a header that is not a file name"},
    {"R024", "an unknown method"},
    {"R025", "a method is listed twice"},
    {"R030", "a path that does not begin with a slash"},
    {"R031", "an empty segment in a path"},
    {"R032", "a character that a path can't hold"},
    {"R033", "a malformed percent escape in a path"},
    {"R034", "an unbalanced brace in a path"},
    {"R035", "text beside a parameter in one segment"},
    {"R036", "a malformed parameter name"},
    {"R037", "two parameters of one name in a path"},
    {"R038", "an unknown converter"},
    {"R039", "a path parameter that is not the last segment"},
    {"R040", "a path with too many segments or parameters, or too long ones"},
    {"R041", "a dot segment in a path"},
    {"R042", "a malformed prefix of a group"},
    {"R043", "a malformed static mount"},
    {"R044", "a malformed directory of a static mount"},
    {"R045", "a parameter as other frameworks write it"},
    {"R050", "two routes for the same paths and method"},
    {"R051", "a name is used twice"},
    {"R052", "two paths that differ only in the slash at the end"},
    {"R060", "a redirect to a route that does not exist"},
    {"R061", "a redirect to a malformed URL"},
    {"R062", "a redirect needs a capture that its path does not have"},
    {"R063", "redirects that lead in a circle"},

    // runtime/paths/codes.h
    {"R070", "a malformed regular expression in a path"},
    {"R071", "a regular expression that uses what paths do not support"},
    {"R072", "a regular expression that is too large"},
    {"R073", "a regular expression that takes the empty text, or nothing"},
    {"R074", "an optional parameter that is not the last segment"},

    // compiler/routes/codes.h
    {"R075", "two routes that match some paths, of which none goes first"},
    {"R076", "a route that is never reached"},
    {"R077", "a regular expression that takes the literal of another route"},
    {"R100", "an included manifest that can't be read"},
    {"R101", "manifests that include one another in a circle"},
    {"R102", "a key that only the first manifest can have"},
    {"R103", "a malformed host"},
    {"R104", "a host within a group that has one"},
    {"R105", "an unknown rule for slashes"},
    {"R106", "a path against its group's rule for slashes"},
    {"R107", "a filter that is not the name of a C++ function"},
    {"R108", "an init value that C++ can't be given"},
    {"R109", "a static mount that requires a login"},
    {"R110", "a route with a handler and a websocket"},
    {"R111", "a malformed converter"},
    {"R120", "a handler's file that is not built"},
    {"R130", "an entry of [escape] that can't be taken"},

    // templates-lang/codes.h
    {"T001", "a template holds a NUL byte"},
    {"T002", "a template is not valid UTF-8"},
    {"T003", "a tag is never closed"},
    {"T004", "a template comment is never closed"},
    {"T005", "a tag is closed by the other kind's closer"},
    {"T006", "a string, character or comment in a tag is never closed"},
    {"T007", "a bracket in a tag is never closed"},
    {"T008", "a closing bracket in a tag matches none"},
    {"T009", "a tag lacks its expression"},
    {"T010", "a directive tag is empty"},
    {"T011", "a directive that Bora does not know"},
    {"T012", "an {% end %} closes nothing"},
    {"T013", "a directive lacks its {% end %}"},
    {"T014", "an {% end NAME %} names another directive than the one it closes"},
    {"T015", "else, elif, except or finally where none can stand"},
    {"T016", "directives nest too deep"},
    {"T017", "break or continue outside a loop"},
    {"T018", "a directive lacks its operand"},
    {"T019", "a directive has an operand that it does not take"},
    {"T020", "extends or param inside another directive"},
    {"T021", "a semicolon where one expression is wanted"},
    {"T022", "a malformed for"},
    {"T023", "a malformed set"},
    {"T024", "a malformed param"},
    {"T025", "a malformed import or from"},
    {"T026", "a malformed file name in extends or include"},
    {"T027", "malformed arguments of an include"},
    {"T028", "an unknown white-space mode"},
    {"T029", "a malformed autoescape"},
    {"T030", "something that can't be a name"},
    {"T031", "a C++ keyword as a name"},
    {"T032", "a name that is reserved for generated code"},
    {"T033", "a name introduced twice by one directive"},
    {"T034", "a block defined twice"},
    {"T035", "a parameter declared twice in one file"},
    {"T036", "a parameter declared with two types"},
    {"T037", "a second extends in one file"},
    {"T038", "super outside a block"},
    {"T039", "a try without except and finally"},
    {"T040", "a template that does not exist"},
    {"T041", "a template that can't be read"},
    {"T042", "a template outside the template folder"},
    {"T043", "templates that extend one another in a circle"},
    {"T044", "templates that include one another in a circle"},
    {"T045", "includes nested too deep or repeated too often"},
    {"T046", "an include of a template that extends another"},
    {"T050", "something outside the blocks of a child is never rendered"},
    {"T051", "a block of a child overrides nothing"},
    {"T052", "a character literal of several characters, where a string was meant"},

    // compiler/driver/codes.h
    {"T070", "two pages whose generated names would clash"},
    {"T071", "a page without any text"},
    {"T072", "a message with two different plurals"},
    {"T073", "a page whose name no rule of a build can spell"},

    // templates-lang/codes.h
    {"T080", "a second handler in one file"},
    {"T081", "a file is rendered without an argument that it needs"},
    {"T082", "an argument that the rendered file has no parameter for"},
    {"T083", "content for a slot that the component does not have"},
    {"T084", "content for one slot twice in one call"},
    {"T085", "super in a block that overrides nothing"},
    {"T086", "a malformed module"},
    {"T087", "a malformed call of a component"},
    {"T088", "an except behind one that catches everything"},
    {"T089", "a flush where the page can't wait"},
    {"T090", "a malformed except"},
    {"T091", "a page with too many bases"},
    {"T100", "a parameter that is never used"},
    {"T101", "a variable that is never used"},
    {"T102", "an imported name that is never used"},
    {"T103", "a name hides another one"},
    {"T104", "a condition that never changes"},
    {"T105", "a condition that was tested before"},
    {"T106", "something behind break or continue is never reached"},
    {"T107", "a static file that does not exist"},
    {"T108", "a message that can't be extracted for translation"},
    {"T200", "a value in an attribute without quotes"},
    {"T201", "a value as the name of a tag"},
    {"T202", "a value as the name of an attribute"},
    {"T203", "a value in a comment"},
    {"T204", "a value in an element where nothing is escaped"},
    {"T205", "a value in a script that is neither JavaScript nor JSON"},
    {"T206", "a value in a template literal of JavaScript"},
    {"T207", "a value in a regular expression of JavaScript"},
    {"T208", "a value as a part of a name in a script"},
    {"T209", "a value in a URL that is a program or data"},
    {"T210", "a value in a rule that loads style sheets"},
    {"T211", "a value in an attribute that decides what others mean"},
    {"T212", "a value that decides what an animation changes"},
    {"T213", "a value beside other text in a srcdoc"},
    {"T214", "a value in a character reference"},
    {"T215", "a value where it is not certain what it would mean"},
    {"T216", "branches that end in different parts of the page"},
    {"T217", "a body that ends in another part of the page than it begins"},
    {"T218", "a page that ends inside of a tag, a string or a comment"},
    {"T219", "an exception that would leave the page inside of a tag"},
    {"T220", "text that is glued to what a branch may write in a tag"},
    {"T221", "a value that a ':' makes a scheme"},
    {"T222", "an attribute that decides about a value before it"},
    {"T223", "a tag in an element of SVG or MathML that HTML reads otherwise"},
    {"T224", "a module, component or slot that does not stand between tags"},
    {"T225", "a value as the address of a module"},
    {"T226", "a value in the host of a URL from which code comes"},
    {"T227", "a value in JavaScript whose result becomes HTML"},
    {"T228", "a value in JavaScript whose result becomes a URL or a program"},
    {"T229", "a value in a library's own language"},
    {"T230", "an escape function that nothing declares"},
});
static_assert(std::ranges::is_sorted(kCatalog, {}, &CatalogEntry::code));

}  // namespace

std::span<const CatalogEntry> catalog() {
  return kCatalog;
}

const CatalogEntry* find_code(std::string_view code) {
  const auto found = std::ranges::lower_bound(kCatalog, code, {}, &CatalogEntry::code);
  return found != kCatalog.end() && found->code == code ? &*found : nullptr;
}

}  // namespace bora::compiler

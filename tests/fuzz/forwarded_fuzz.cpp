// Any lines as addresses and networks, and any text as a Forwarded field.

#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/http/forwarded.h"
#include "runtime/http/ip_address.h"
#include "tests/fuzz/invariants.h"

namespace {

using namespace bora;
using namespace bora::http;

void check_field(std::string_view field) {
  std::string_view rest = field;
  while (!rest.empty()) {
    const std::size_t before = rest.size();
    const auto element = take_last_forwarded(rest);
    fuzz::require(rest.size() < before, "each step takes something");
    if (!element) continue;
    const auto address = forwarded_address(element->node);
    fuzz::require(!address || element->node.find(" ,;\"") == std::string::npos, "an address");
  }
  const std::string whole = std::string(field) + ", for=\"[2001:db8::1]:80\";proto=https";
  rest = whole;
  const auto added = take_last_forwarded(rest);
  fuzz::require(added && added->node == "[2001:db8::1]:80" && added->proto == "https",
                "what a proxy adds reads the same behind anything");
  fuzz::require(rest == field, "and the rest is what came");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::as_text(data, size);
  check_field(text);
  std::vector<std::string> lines;
  std::vector<IPAddress> addresses;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (const auto address = IPAddress::parse(line)) {
      fuzz::require(line.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos,
                    "an address and nothing else");
      fuzz::require((address->size == 16) == is_ipv6_address(line), "of one kind or the other");
      fuzz::require(NetworkList({std::string(line)}).contains(*address), "each contains itself");
      addresses.push_back(*address);
    }
    lines.emplace_back(line);
  }
  try {
    const NetworkList list(lines);
    for (const IPAddress& address : addresses) {
      fuzz::require(list.contains(address), "what is on the list is on the list");
      fuzz::require(list.contains(address.unmapped()), "mapped or not");
    }
  } catch (const std::invalid_argument&) {
  }
  return 0;
}

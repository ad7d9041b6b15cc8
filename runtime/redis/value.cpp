#include <bora/redis/value.h>

#include <cmath>

namespace bora::redis {

std::string_view Error::code() const noexcept {
  const std::string_view what = std::runtime_error::what();
  std::size_t length = 0;
  while (length < what.size() && what[length] >= 'A' && what[length] <= 'Z') ++length;
  return length > 1 && (length == what.size() || what[length] == ' ') ? what.substr(0, length)
                                                                      : std::string_view();
}

Value Value::of_integer(std::int64_t value) {
  Value made;
  made.kind_ = Kind::integer;
  made.integer_ = value;
  return made;
}
Value Value::of_text(std::string value) {
  Value made;
  made.kind_ = Kind::text;
  made.text_ = std::move(value);
  return made;
}
Value Value::of_error(std::string value) {
  Value made = of_text(std::move(value));
  made.kind_ = Kind::error;
  return made;
}
Value Value::of_array(std::size_t size) {
  Value made;
  made.kind_ = Kind::array;
  made.items_.resize(size);
  return made;
}

std::string Value::describe() const {
  switch (kind_) {
    case Kind::nil:
      return "nil";
    case Kind::integer:
      return "the number " + std::to_string(integer_);
    case Kind::array:
      return "an array of " + std::to_string(items_.size());
    case Kind::error:
      return "the error \"" + text_ + "\"";
    case Kind::text:
      break;
  }
  return "the text \"" + text_.substr(0, 40) + (text_.size() > 40 ? "…\"" : "\"");
}

void Value::refuse(std::string_view wanted) const {
  if (is_error()) throw Error(text_);
  throw ConversionError("the reply is no " + std::string(wanted) + ", but " + describe());
}

std::int64_t Value::whole_number() const {
  if (kind_ == Kind::integer) return integer_;
  std::int64_t number = 0;
  const char* const end = text_.data() + text_.size();
  const auto [stop, failure] = std::from_chars(text_.data(), end, number);
  if (kind_ != Kind::text || failure != std::errc() || stop != end) refuse("whole number");
  return number;
}

double Value::real_number() const {
  if (kind_ == Kind::integer) return static_cast<double>(integer_);
  double number = 0;
  const char* const end = text_.data() + text_.size();
  const auto [stop, failure] = std::from_chars(text_.data(), end, number);
  if (kind_ != Kind::text || failure != std::errc() || stop != end) refuse("number");
  return number;
}

bool Value::truth() const {
  if (kind_ == Kind::integer && (integer_ == 0 || integer_ == 1)) return integer_ == 1;
  if (kind_ == Kind::text && (text_ == "OK" || text_ == "1")) return true;
  if (kind_ == Kind::text && text_ == "0") return false;
  if (kind_ == Kind::nil) return false;
  refuse("boolean");
}

const std::vector<Value>& Value::elements() const {
  if (kind_ != Kind::array) refuse("array");
  return items_;
}

std::string_view StreamEntry::operator[](std::string_view name) const noexcept {
  for (const auto& [field, value] : fields) {
    if (field == name) return value;
  }
  return {};
}

}  // namespace bora::redis

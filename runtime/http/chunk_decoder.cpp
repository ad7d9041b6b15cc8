#include "runtime/http/chunk_decoder.h"

#include <algorithm>

#include "runtime/http/characters.h"
#include "runtime/text/characters.h"

namespace bora::http {

namespace {

bool is_text(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7f) || c == '\t';
}

}  // namespace

std::size_t ChunkDecoder::feed(std::string_view bytes, std::string_view& data, Error& error) {
  data = {};
  std::size_t at = 0;
  while (at < bytes.size() && state_ != State::complete) {
    if (state_ == State::data) {
      data =
          bytes.substr(at, static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size())));
      left_ -= data.size();
      if (left_ == 0) state_ = State::data_cr;
      return at + data.size();
    }
    error = take(bytes[at++]);
    if (error != Error::none || state_ == State::data) return at;
  }
  return at;
}

Error ChunkDecoder::take(char c) {
  switch (state_) {
    case State::size_start:
    case State::size:
      if (const int digit = hex_value(c); digit >= 0) {
        if (++digits_ > 16) return Error::bad_chunk;
        left_ = left_ << 4 | static_cast<unsigned>(digit);
        state_ = State::size;
        return Error::none;
      }
      if (state_ == State::size_start) return Error::bad_chunk;
      if (c != '\r') return take_separator(c, State::value_end);
      state_ = State::size_lf;
      return Error::none;
    case State::name_start:
    case State::name:
    case State::name_end:
    case State::value_start:
    case State::value:
    case State::quoted:
    case State::quoted_pair:
    case State::quoted_end:
    case State::value_end:
      return take_extension(c);
    case State::size_lf:
      return c == '\n' ? begin_data() : Error::bad_chunk;
    case State::data_cr:
      state_ = State::data_lf;
      return c == '\r' ? Error::none : Error::bad_chunk;
    case State::data_lf:
      state_ = State::size_start;
      digits_ = 0;
      return c == '\n' ? Error::none : Error::bad_chunk;
    case State::line_start:
      if (c == '\r') {
        state_ = State::end_lf;
        return Error::none;
      }
      return is_token_character(c) ? take_extra(State::trailer_name) : Error::bad_chunk;
    case State::trailer_name:
      if (c == ':') return take_extra(State::trailer_value);
      return is_token_character(c) ? take_extra(State::trailer_name) : Error::bad_chunk;
    case State::trailer_value:
      if (c == '\r') return take_extra(State::trailer_lf);
      return is_text(c) ? take_extra(State::trailer_value) : Error::bad_chunk;
    case State::trailer_lf:
      return c == '\n' ? take_extra(State::line_start) : Error::bad_chunk;
    case State::end_lf:
      state_ = State::complete;
      return c == '\n' ? Error::none : Error::bad_chunk;
    case State::data:
    case State::complete:
      break;
  }
  return Error::bad_chunk;
}

// RFC 9112, 7.1.1: *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )
Error ChunkDecoder::take_extension(char c) {
  if (c == '\r' &&
      (state_ == State::name || state_ == State::value || state_ == State::quoted_end)) {
    state_ = State::size_lf;
    return Error::none;
  }
  switch (state_) {
    case State::name_start:
      if (text::is_blank(c)) return take_extra(State::name_start);
      return is_token_character(c) ? take_extra(State::name) : Error::bad_chunk;
    case State::name:
      if (is_token_character(c)) return take_extra(State::name);
      [[fallthrough]];
    case State::name_end:
      return c == '=' ? take_extra(State::value_start) : take_separator(c, State::name_end);
    case State::value_start:
      if (text::is_blank(c)) return take_extra(State::value_start);
      if (c == '"') return take_extra(State::quoted);
      return is_token_character(c) ? take_extra(State::value) : Error::bad_chunk;
    case State::value:
      if (is_token_character(c)) return take_extra(State::value);
      return take_separator(c, State::value_end);
    case State::quoted:
      if (c == '"') return take_extra(State::quoted_end);
      if (!is_text(c)) return Error::bad_chunk;
      return take_extra(c == '\\' ? State::quoted_pair : State::quoted);
    case State::quoted_pair:
      return is_text(c) ? take_extra(State::quoted) : Error::bad_chunk;
    default:
      return take_separator(c, State::value_end);
  }
}

// Takes a byte after a size, a name or a value: a blank, which leads to the state `blank`, or the
// beginning of the next extension.
Error ChunkDecoder::take_separator(char c, State blank) {
  if (c == ';') return take_extra(State::name_start);
  return text::is_blank(c) ? take_extra(blank) : Error::bad_chunk;
}

Error ChunkDecoder::take_extra(State next) {
  state_ = next;
  if (extras_left_ == 0) return Error::headers_too_large;
  --extras_left_;
  return Error::none;
}

Error ChunkDecoder::begin_data() {
  state_ = left_ == 0 ? State::line_start : State::data;
  return Error::none;
}

}  // namespace bora::http

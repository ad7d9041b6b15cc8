#pragma once

#include <string>
#include <string_view>

#include <bora/core/moment.h>

// Dates in templates: `{{ datetime::format(post.published, "%d.%m.%Y") }}`. All functions take a
// time point of the system's clock or seconds since the Epoch, and use UTC; for another zone, add
// its offset to the time.

namespace bora::datetime {

/// The present moment.
Moment now();

/// Returns `pattern` with these sequences replaced; names are English in every C locale:
///
///     %Y 2026  %y 26   %m 03    %d 05    %e " 5"  %j 064      %H 15  %I 03  %p PM
///     %M 07    %S 09   %f 123456 (microseconds)   %s 1772723229 (since the Epoch)
///     %a Thu   %A Thursday      %b Mar   %B March %u 4        %w 4
///     %F 2026-03-05    %T 15:07:09       %R 15:07             %z +0000  %Z UTC   %% %
///
/// @throws std::invalid_argument  Another letter follows a '%'; the message names it.
std::string format(Moment moment, std::string_view pattern);

/// Returns for example "2026-03-05T15:07:09Z" (ISO 8601).
std::string iso8601(Moment moment);

/// Returns for example "Thu, 05 Mar 2026 15:07:09 GMT" (RFC 9110, section 5.6.7).
std::string http_date(Moment moment);

}  // namespace bora::datetime

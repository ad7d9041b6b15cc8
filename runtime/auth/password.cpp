#include <bora/auth/password.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>
#include <stdexcept>

#include <bora/core/executor.h>
#include <bora/core/io_loop.h>

#include "runtime/auth/login_cookie.h"
#include "runtime/core/crypto.h"
#include "runtime/http/ip_address.h"

namespace bora::auth {

namespace {

constexpr std::size_t kMaxPassword = 4096;
constexpr std::size_t kSalt = 16;
constexpr std::size_t kHash = 32;
// A hash that somebody has put among ours must not take all memory.
constexpr unsigned kMaxLog = 20;
constexpr std::uint32_t kMaxBlock = 32;
constexpr std::uint32_t kMaxParallel = 16;

struct Kept {
  PasswordWork work;
  std::string salt;
  std::string hash;
};

std::string compute(std::string_view password, std::string_view salt, const PasswordWork& work,
                    std::size_t size) {
  crypto::ScryptWork native;
  native.cost = work.cost;
  native.block_size = work.block_size;
  native.parallelization = work.parallelization;
  return crypto::scrypt(password, salt, size, native);
}

bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

bool take_number(std::string_view& text, std::uint32_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc();
}

std::optional<Kept> parse(std::string_view text) {
  Kept kept;
  std::uint32_t log = 0;
  if (!take(text, "$scrypt$ln=") || !take_number(text, log) || !take(text, ",r=") ||
      !take_number(text, kept.work.block_size) || !take(text, ",p=") ||
      !take_number(text, kept.work.parallelization) || !take(text, "$"))
    return std::nullopt;
  if (log < 1 || log > kMaxLog || kept.work.block_size < 1 || kept.work.block_size > kMaxBlock ||
      kept.work.parallelization < 1 || kept.work.parallelization > kMaxParallel)
    return std::nullopt;
  kept.work.cost = std::uint64_t{1} << log;
  const std::size_t dollar = text.find('$');
  if (dollar == std::string_view::npos) return std::nullopt;
  auto salt = crypto::from_base64url(text.substr(0, dollar));
  auto hash = crypto::from_base64url(text.substr(dollar + 1));
  if (!salt || !hash || salt->size() < 8 || hash->size() < 16 || hash->size() > 64)
    return std::nullopt;
  kept.salt = std::move(*salt);
  kept.hash = std::move(*hash);
  return kept;
}

/// Returns the network of one user.
std::string network_of(std::string_view address) {
  const auto parsed = http::IPAddress::parse(address);
  if (!parsed) return std::string(address);
  const http::IPAddress plain = parsed->unmapped();
  const std::size_t size = plain.size == 16 ? 8 : plain.size;
  return crypto::to_hex({reinterpret_cast<const char*>(plain.bytes), size});
}

std::string account_key(std::string_view account) {
  return "a" + std::string(account);
}
std::string address_key(std::string_view address) {
  return "n" + network_of(address);
}

}  // namespace

Task<std::string> hash_password(std::string password, PasswordWork work) {
  if (password.size() > kMaxPassword)
    throw std::invalid_argument("hash_password(): a password of more than 4,096 bytes");
  if (!std::has_single_bit(work.cost) || work.cost < 2 || work.cost > std::uint64_t{1} << kMaxLog ||
      work.block_size < 1 || work.block_size > kMaxBlock || work.parallelization < 1 ||
      work.parallelization > kMaxParallel)
    throw std::invalid_argument(
        "hash_password(): cost is a power of two up to 2^20, block_size is "
        "up to 32 and parallelization up to 16");
  auto job = [password, work] {
    const std::string salt = crypto::random_bytes(kSalt);
    const std::string hash = compute(password, salt, work, kHash);
    return "$scrypt$ln=" + std::to_string(std::countr_zero(work.cost)) +
           ",r=" + std::to_string(work.block_size) + ",p=" + std::to_string(work.parallelization) +
           "$" + crypto::to_base64url(salt) + "$" + crypto::to_base64url(hash);
  };
  auto computing = run_in_executor(job);
  std::string text = co_await computing;
  crypto::wipe(password);
  co_return text;
}

Task<PasswordVerdict> verify_password(std::string password, std::string hash, PasswordWork work) {
  PasswordVerdict verdict;
  std::optional<Kept> kept = parse(hash);
  const bool is_usable = kept.has_value() && password.size() <= kMaxPassword;
  if (!is_usable) {
    password.clear();
    kept = Kept{work, std::string(kSalt, '\0'), std::string(kHash, '\0')};
  }
  const Kept known = *kept;
  auto job = [password, known] {
    return compute(password, known.salt, known.work, known.hash.size());
  };
  auto computing = run_in_executor(job);
  const std::string computed = co_await computing;
  const bool is_same = crypto::equal_in_constant_time(computed, known.hash);
  verdict.is_right = is_usable && is_same;
  verdict.needs_rehash = verdict.is_right && (known.work != work || known.hash.size() != kHash);
  crypto::wipe(password);
  co_return verdict;
}

// ---- LoginLimiter: a leaking bucket for each account and each address ----

double LoginLimiter::count_now(const std::string& key) const {
  const auto found = failures_.find(key);
  if (found == failures_.end()) return 0;
  const double limit = static_cast<double>(key.front() == 'a' ? limits_.failures_per_account
                                                              : limits_.failures_per_address);
  const double leaked = static_cast<double>(seconds_now() - found->second.updated) * limit /
                        static_cast<double>(std::max<std::int64_t>(limits_.period.count(), 1));
  return std::max(0.0, found->second.count - leaked);
}

bool LoginLimiter::may_try(std::string_view account, std::string_view address) {
  const std::string by_account = account_key(account);
  const std::string by_address = address_key(address);
  if (count_now(by_account) + 1 > static_cast<double>(limits_.failures_per_account) ||
      count_now(by_address) + 1 > static_cast<double>(limits_.failures_per_address))
    return false;
  ++add(by_account).under_way;
  ++add(by_address).under_way;
  return true;
}

LoginLimiter::Failures& LoginLimiter::add(const std::string& key) {
  if (failures_.size() >= limits_.max_entries && !failures_.contains(key)) {
    std::erase_if(failures_, [&](const auto& entry) { return count_now(entry.first) <= 0; });
    if (failures_.size() >= limits_.max_entries) {
      failures_.erase(std::min_element(
          failures_.begin(), failures_.end(),
          [](const auto& a, const auto& b) { return a.second.updated < b.second.updated; }));
    }
  }
  const double count = count_now(key);
  Failures& failures = failures_[key];
  if (count <= 0) failures.under_way = 0;  // of attempts whose end nobody has told
  failures.count = count + 1;
  failures.updated = seconds_now();
  return failures;
}

void LoginLimiter::confirm(const std::string& key) {
  const auto found = failures_.find(key);
  if (found != failures_.end() && found->second.under_way > 0) {
    --found->second.under_way;
  } else {
    add(key);
  }
}

void LoginLimiter::take_back(const std::string& key, bool forgets_failures) {
  const double count = count_now(key);
  const auto found = failures_.find(key);
  if (found == failures_.end()) return;
  Failures& failures = found->second;
  const bool was_under_way = failures.under_way > 0;
  if (was_under_way) --failures.under_way;
  failures.count = forgets_failures ? static_cast<double>(failures.under_way)
                                    : std::max(count - (was_under_way ? 1 : 0), 0.0);
  failures.updated = seconds_now();
  if (failures.count <= 0) failures_.erase(found);
}

void LoginLimiter::note_failure(std::string_view account, std::string_view address) {
  confirm(account_key(account));
  confirm(address_key(address));
}

void LoginLimiter::note_success(std::string_view account, std::string_view address) {
  take_back(account_key(account), true);
  if (!address.empty()) take_back(address_key(address), false);
}

}  // namespace bora::auth

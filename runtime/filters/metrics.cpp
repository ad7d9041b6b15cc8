#include <bora/filters/metrics.h>

#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <map>
#include <mutex>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/core/log.h>
#include <bora/web/application.h>
#include <bora/web/observer.h>

namespace bora::filters {
namespace {

constexpr std::array<double, 11> kBuckets = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                             0.1,   0.25,   0.5,   1,    2.5};

struct Series {
  std::map<int, std::uint64_t> by_status;
  std::array<std::uint64_t, kBuckets.size() + 1> buckets{};
  double seconds = 0;
  std::uint64_t count = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
};

/// Route and method: there are few of both, whatever clients ask for.
using Key = std::pair<std::string, std::string>;
using KeyView = std::pair<std::string_view, std::string_view>;
struct KeyOrder {
  using is_transparent = void;
  static KeyView view(const Key& key) { return {key.first, key.second}; }
  static KeyView view(const KeyView& key) { return key; }
  template <class A, class B>
  bool operator()(const A& a, const B& b) const {
    return view(a) < view(b);
  }
};

/// The metrics of the process.
struct Registry {
  std::mutex mutex;
  std::map<Key, Series, KeyOrder> series;
  std::int64_t in_flight = 0;
  std::vector<std::function<std::string()>> collectors;
};

Registry& registry() {
  static Registry instance;
  return instance;
}

void note(const web::RequestStats& request) {
  const double seconds = std::chrono::duration<double>(request.duration).count();
  const std::string_view route = !request.route.empty()     ? request.route
                                 : !request.pattern.empty() ? request.pattern
                                                            : std::string_view("none");
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  --all.in_flight;
  auto found = all.series.find(KeyView(route, request.method));
  if (found == all.series.end()) {
    found = all.series.emplace(Key(route, request.method), Series()).first;
  }
  Series& series = found->second;
  ++series.by_status[request.status];
  ++series.count;
  series.seconds += seconds;
  series.bytes_received += request.bytes_received;
  series.bytes_sent += request.bytes_sent;
  std::size_t bucket = 0;
  while (bucket < kBuckets.size() && seconds > kBuckets[bucket]) ++bucket;
  ++series.buckets[bucket];
}

class Text {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    append({"# HELP ", name, " ", help, "\n# TYPE ", name, " ", type, "\n"});
  }
  void sample(std::string_view name, std::string_view labels, std::uint64_t value) {
    line(name, labels, std::to_string(value));
  }
  void sample(std::string_view name, std::string_view labels, double value) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value);
    line(name, labels, std::string_view(text, end.ptr));
  }
  void append(std::initializer_list<std::string_view> pieces) {
    for (const std::string_view piece : pieces) text_ += piece;
  }
  std::string take() { return std::move(text_); }

  void single(std::string_view name, std::string_view type, std::string_view help,
              std::uint64_t value) {
    family(name, type, help);
    sample(name, {}, value);
  }
  void single(std::string_view name, std::string_view type, std::string_view help, double value) {
    family(name, type, help);
    sample(name, {}, value);
  }

 private:
  void line(std::string_view name, std::string_view labels, std::string_view value) {
    append({name});
    if (!labels.empty()) append({"{", labels, "}"});
    append({" ", value, "\n"});
  }

  std::string text_;
};

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\' || c == '"') result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return result;
}

std::string labels_of(const Key& key) {
  return "route=\"" + escaped(key.first) + "\",method=\"" + escaped(key.second) + "\"";
}

void write_requests(Text& text) {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  text.family("http_requests_total", "counter", "Requests, by route, method and status.");
  for (const auto& [key, series] : all.series) {
    for (const auto& [status, count] : series.by_status) {
      text.sample("http_requests_total",
                  labels_of(key) + ",status=\"" + std::to_string(status) + "\"", count);
    }
  }
  text.family("http_request_duration_seconds", "histogram",
              "From the end of a request's head to the end of its answer.");
  for (const auto& [key, series] : all.series) {
    const std::string labels = labels_of(key);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i <= kBuckets.size(); ++i) {
      sum += series.buckets[i];
      char limit[32] = "+Inf";
      char* end = limit + 4;
      if (i < kBuckets.size()) end = std::to_chars(limit, limit + sizeof limit, kBuckets[i]).ptr;
      text.sample("http_request_duration_seconds_bucket",
                  labels + ",le=\"" + std::string(limit, end) + "\"", sum);
    }
    text.sample("http_request_duration_seconds_sum", labels, series.seconds);
    text.sample("http_request_duration_seconds_count", labels, series.count);
  }
  text.family("http_request_body_bytes_total", "counter", "Bytes of requests' bodies.");
  for (const auto& [key, series] : all.series)
    text.sample("http_request_body_bytes_total", labels_of(key), series.bytes_received);
  text.family("http_response_body_bytes_total", "counter", "Bytes of answers' bodies.");
  for (const auto& [key, series] : all.series)
    text.sample("http_response_body_bytes_total", labels_of(key), series.bytes_sent);
  text.single("http_requests_in_flight", "gauge", "Requests that are being answered.",
              static_cast<double>(all.in_flight));
}

void write_connections(Text& text, const web::Application& application) {
  const http::HTTPServerStatistics server = application.statistics();
  text.single("http_connections", "gauge", "Connections that are open.",
              static_cast<double>(server.connections));
  text.single("http_connections_accepted_total", "counter", "Connections so far.", server.accepted);
  text.single("http_received_bytes_total", "counter", "Bytes that clients have sent.",
              server.bytes_received);
  text.single("http_sent_bytes_total", "counter", "Bytes that were sent to clients.",
              server.bytes_sent);
  text.family("http_refused_total", "counter", "Requests that the server itself has refused.");
  text.sample("http_refused_total", "reason=\"malformed\"", server.malformed);
  text.sample("http_refused_total", "reason=\"too large\"", server.too_large);
  text.sample("http_refused_total", "reason=\"timed out\"", server.timed_out);
  text.sample("http_refused_total", "reason=\"turned away\"", server.turned_away);
}

void write_loop(Text& text) {
  const IOLoop::Statistics loop = IOLoop::current().statistics();
  const auto seconds = [](std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
  };
  text.single("event_loop_lag_seconds", "gauge", "How late the last timeouts were.",
              seconds(loop.lag));
  text.single("event_loop_max_lag_seconds", "gauge", "How late any timeouts were.",
              seconds(loop.max_lag));
  text.single("event_loop_slow_callbacks_total", "counter", "What has kept the loop for too long.",
              loop.slow_callbacks);
  text.single("event_loop_pending_callbacks", "gauge", "Callbacks that wait for their turn.",
              static_cast<double>(loop.pending_callbacks));
}

void write_process(Text& text) {
  std::ifstream memory("/proc/self/statm");
  std::uint64_t pages = 0;
  std::uint64_t resident = 0;
  if (memory >> pages >> resident) {
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    text.single("process_virtual_memory_bytes", "gauge", "Virtual memory.",
                static_cast<double>(pages * page));
    text.single("process_resident_memory_bytes", "gauge", "Resident memory.",
                static_cast<double>(resident * page));
  }
  timespec time{};
  if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0) {
    text.single("process_cpu_seconds_total", "counter", "Processor time, of user and system.",
                static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9);
  }
}

}  // namespace

void Metrics::operator()(web::RequestHandler& handler) const {
  {
    const std::lock_guard lock(registry().mutex);
    ++registry().in_flight;
  }
  handler.after_answer([](const web::RequestStats& request) { note(request); });
}

void Metrics::add_collector(std::function<std::string()> collector) {
  const std::lock_guard lock(registry().mutex);
  registry().collectors.push_back(std::move(collector));
}

std::string Metrics::text(const web::Application& application) {
  Text text;
  write_requests(text);
  write_connections(text, application);
  write_loop(text);
  write_process(text);
  std::vector<std::function<std::string()>> collectors;
  {
    const std::lock_guard lock(registry().mutex);
    collectors = registry().collectors;
  }
  for (const auto& collector : collectors) {
    try {
      text.append({collector()});
    } catch (const std::exception&) {
      app_log.exception("A collector of metrics failed");
    }
  }
  return text.take();
}

void MetricsHandler::get() {
  set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  set_header("Cache-Control", "no-store");
  write(Metrics::text(application()));
}

}  // namespace bora::filters

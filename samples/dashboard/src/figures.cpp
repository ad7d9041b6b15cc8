#include "figures.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace dashboard {
namespace {

using Seconds = std::chrono::duration<double>;
using Milliseconds = std::chrono::duration<double, std::milli>;

std::chrono::microseconds time_of(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

/// Returns the processor time that this process has used so far, in all its threads.
std::chrono::microseconds cpu_time() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return time_of(usage.ru_utime) + time_of(usage.ru_stime);
}

double resident_mib() {
  std::ifstream file("/proc/self/statm");
  double all = 0;
  double resident = 0;
  file >> all >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1024.0 * 1024.0);
}

}  // namespace

Figures Meter::measure(std::uint64_t requests, std::chrono::steady_clock::duration period) {
  const auto now = std::chrono::steady_clock::now();
  const std::chrono::microseconds cpu = cpu_time();
  const double seconds = std::max(Seconds(now - last_).count(), 0.001);

  Figures figures;
  figures.at = std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
                   .count();
  figures.cpu = Seconds(cpu - last_cpu_).count() / seconds * 100;
  figures.memory = resident_mib();
  figures.requests = static_cast<double>(requests - last_requests_) / seconds;
  figures.lateness = std::max(0.0, Milliseconds(now - last_ - period).count());
  last_ = now;
  last_cpu_ = cpu;
  last_requests_ = requests;
  return figures;
}

void to_json(bora::render::JSONWriter& writer, const Figures& figures) {
  writer.begin_object();
  writer.member("at", figures.at);
  writer.member("cpu", figures.cpu);
  writer.member("memory", figures.memory);
  writer.member("requests", figures.requests);
  writer.member("lateness", figures.lateness);
  writer.member("watchers", figures.watchers);
  writer.end_object();
}

}  // namespace dashboard

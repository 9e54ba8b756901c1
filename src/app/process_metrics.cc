#include "app/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "app/heap.h"
#include "base/secret_memory.h"
#include "confinement/refused_calls.h"

namespace kmaas::app {
namespace {

// Places in /proc/self/stat, counted from the state, which is the third (proc(5)).
constexpr std::size_t kUserTime = 11;
constexpr std::size_t kSystemTime = 12;
constexpr std::size_t kThreads = 17;
constexpr std::size_t kStartTime = 19;
constexpr std::size_t kVirtualBytes = 20;
constexpr std::size_t kResidentPages = 21;

std::string ContentOf(const char* path) {
  std::ifstream file(path);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  return text.str();
}

// The name of the program may hold anything, a parenthesis too.
std::vector<double> Numbers() {
  const std::string text = ContentOf("/proc/self/stat");
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream rest(text.substr(name_end + 1));
  std::string state;
  rest >> state;
  std::vector<double> numbers{0};
  for (double number = 0; rest >> number;) numbers.push_back(number);
  return numbers;
}

double BootSeconds() {
  std::istringstream text(ContentOf("/proc/stat"));
  for (std::string word; text >> word;) {
    double seconds = 0;
    if (word == "btime" && text >> seconds) return seconds;
  }
  return 0;
}

void WriteDescriptors(metrics::Page& page) {
  std::error_code error;
  double open = 0;
  for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end;
       at.increment(error))
    ++open;
  rlimit limit{};
  if (error || ::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  page.Gauge("process_open_fds", "Open file descriptors.", open);
  page.Gauge("process_max_fds", "How many may be open.", static_cast<double>(limit.rlim_cur));
}

void WriteHeap(metrics::Page& page) {
  page.Gauge("kmaas_heap_bytes", "Heap that is in use.", static_cast<double>(HeapBytesInUse()));
}

void WriteSecretMemory(metrics::Page& page) {
  const SecretMemoryCounters secrets = CountersOfSecretMemory();
  page.Gauge("kmaas_secret_memory_bytes", "Memory that secrets have to themselves.",
             static_cast<double>(secrets.mapped_bytes));
  page.Counter("kmaas_secret_memory_unlocked_bytes_total",
               "Of all that secrets ever had: could not be kept in RAM.", secrets.unlocked_bytes);
  page.Counter("kmaas_secret_memory_dumpable_bytes_total",
               "Likewise: could not be kept out of core dumps.", secrets.dumped_bytes);
}

}  // namespace

void WriteProcessMetrics(metrics::Page& page) {
  const std::vector<double> numbers = Numbers();
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  if (numbers.size() > kResidentPages && ticks > 0) {
    page.Counter("process_cpu_seconds_total", "Processor time, user and system.",
                 (numbers[kUserTime] + numbers[kSystemTime]) / ticks);
    page.Gauge("process_threads", "Threads.", numbers[kThreads]);
    page.Gauge("process_start_time_seconds", "When the process started, since 1970.",
               BootSeconds() + numbers[kStartTime] / ticks);
    page.Gauge("process_virtual_memory_bytes", "Virtual memory.", numbers[kVirtualBytes]);
    page.Gauge("process_resident_memory_bytes", "Memory that is in RAM.",
               numbers[kResidentPages] * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  }
  WriteDescriptors(page);
  WriteHeap(page);
  WriteSecretMemory(page);
  page.Counter("kmaas_refused_system_calls_total",
               "System calls that the confinement refused to the server.",
               confinement::CountersOfRefusedCalls().total);
}

}  // namespace kmaas::app

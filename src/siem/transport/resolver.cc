#include "siem/transport/resolver.h"

#include <sys/socket.h>

#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

namespace kmaas::siem {
namespace {

constexpr std::chrono::milliseconds kSlice{100};  // how late a stop is heard

// Of one question; owned by who asks and by the thread, whoever lives longer.
struct Question {
  std::mutex mutex;
  std::condition_variable answered;
  bool is_answered = false;
  int failure = 0;
  Addresses found;
};

addrinfo Wanted(int flags) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICSERV | flags;
  return wanted;
}

void Ask(Question& question, const std::string& host, const std::string& port,
         const Lookup& lookup) {
  const addrinfo wanted = Wanted(AI_ADDRCONFIG);
  addrinfo* list = nullptr;
  const int failure = lookup(host.c_str(), port.c_str(), &wanted, &list);
  const std::lock_guard lock(question.mutex);
  question.found.reset(failure == 0 ? list : nullptr);
  question.failure = failure;
  question.is_answered = true;
  question.answered.notify_all();
}

}  // namespace

Result<Addresses> Resolve(const std::string& host, std::uint16_t port, const Patience& patience,
                          const Lookup& lookup) {
  // What is an address asks nobody.
  const addrinfo numeric = Wanted(AI_NUMERICHOST);
  addrinfo* list = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &numeric, &list) == 0)
    return Addresses(list);
  const auto question = std::make_shared<Question>();
  try {
    std::thread([question, host, lookup, text = std::to_string(port)] {
      Ask(*question, host, text, lookup);
    }).detach();
  } catch (const std::system_error& failure) {
    return NetworkError("cannot resolve " + host + ": " + failure.what());
  }
  const SteadyTime until = patience.clock.SteadyNow() + patience.step_max;
  std::unique_lock lock(question->mutex);
  while (!question->answered.wait_for(lock, kSlice, [&] { return question->is_answered; })) {
    if (patience.stopping) return NetworkError("the service stops");
    if (patience.clock.SteadyNow() >= until)
      return NetworkError("cannot resolve " + host + ": the resolver took too long");
  }
  if (question->failure != 0)
    return NetworkError("cannot resolve " + host + ": " + ::gai_strerror(question->failure));
  return std::move(question->found);
}

}  // namespace kmaas::siem

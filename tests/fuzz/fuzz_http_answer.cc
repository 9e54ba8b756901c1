// What a receiver of events answers: an answer is whole at one place only, and never longer than
// what came.
#include <cstdlib>
#include <string>

#include "siem/transport/http_answer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using kmaas::siem::HttpProgress;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  kmaas::siem::HttpAnswer answer;
  if (ReadHttpAnswer(bytes, answer) != HttpProgress::kWhole) return 0;
  if (answer.body.size() > size || answer.status < 0 || answer.status > 999) std::abort();
  (void)AcceptsEvents(answer);
  kmaas::siem::HttpAnswer other;
  if (ReadHttpAnswer(bytes.substr(0, size - 1), other) != HttpProgress::kMore) std::abort();
  if (ReadHttpAnswer(bytes + "H", other) != HttpProgress::kBad) std::abort();
  return 0;
}

// Runs a fuzzer without libFuzzer: each input of its corpus, then a fixed number of mutations, the
// same ones every time.
//
//   fuzz_<name> [-runs=N] [-seed=N] PATH...   a file is one input, a folder is a corpus
//
// An input that ends the program is written to ./crash-<name>; give that file to run it again.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t kInputBytesMax = 4096;

struct Plan {
  std::uint64_t runs = 20'000;
  std::uint64_t seed = 1;
  std::vector<std::filesystem::path> files;
};

// What the signal handler needs, prepared beforehand.
std::string current_input;
std::string crash_file;

void SaveInput(int number) {
  const int file = ::open(crash_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file >= 0 && ::write(file, current_input.data(), current_input.size()) >= 0) {
    constexpr std::string_view kSaid = "\nthe input is in ./";
    (void)!::write(STDERR_FILENO, kSaid.data(), kSaid.size());
    (void)!::write(STDERR_FILENO, crash_file.data(), crash_file.size());
    (void)!::write(STDERR_FILENO, "\n", 1);
  }
  (void)std::signal(number, SIG_DFL);
  (void)std::raise(number);
}

// A sanitizer that handles a signal keeps it: it aborts after its report.
void CatchCrashes() {
  static std::array<char, std::size_t{64} << 10U> stack;  // for inputs that exhaust the usual one
  const stack_t alternative{stack.data(), 0, stack.size()};
  (void)::sigaltstack(&alternative, nullptr);
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
    struct sigaction before {};
    struct sigaction ours {};
    ours.sa_handler = SaveInput;
    ours.sa_flags = SA_ONSTACK;
    (void)::sigaction(number, nullptr, &before);
    if (before.sa_handler == SIG_DFL) (void)::sigaction(number, &ours, nullptr);
  }
}

void Run(const std::string& input) {
  current_input = input;
  // Exactly as long as the input, so that a sanitizer sees the first byte behind it; and somewhere
  // when it is empty, as libFuzzer has it.
  const auto bytes = std::make_unique<std::uint8_t[]>(input.size());
  std::copy(input.begin(), input.end(), bytes.get());
  (void)LLVMFuzzerTestOneInput(bytes.get(), input.size());
}

class Mutator {
 public:
  Mutator(std::uint64_t seed, const std::vector<std::string>& corpus)
      : random_(seed), corpus_(corpus) {}

  std::string Next() {
    std::string input = Pick();
    const std::size_t steps = 1 + Below(4);
    for (std::size_t i = 0; i < steps; ++i) Mutate(input);
    if (input.size() > kInputBytesMax) input.resize(kInputBytesMax);
    return input;
  }

 private:
  std::size_t Below(std::size_t end) { return end == 0 ? 0 : random_() % end; }
  const std::string& Pick() { return corpus_[Below(corpus_.size())]; }
  std::string_view PieceOf(const std::string& text) {
    const std::size_t start = Below(text.size());
    return std::string_view(text).substr(start, 1 + Below(std::min<std::size_t>(64, text.size())));
  }

  void Mutate(std::string& input) {
    static constexpr char kLetters[] =
        "\0\x01\x7f\x80\xff\xc3\xed\xf4 \t\r\n\"\\'{}[]:,;=+-./*%&#!<_09afAFuz";
    static constexpr std::string_view kTelling(kLetters, sizeof(kLetters) - 1);
    const std::size_t at = Below(input.size() + 1);
    const std::size_t kind = input.empty() ? 3 : Below(8);
    switch (kind) {
      case 0:
        input[Below(input.size())] ^= static_cast<char>(1U << Below(8));
        return;
      case 1:
        input[Below(input.size())] = kTelling[Below(kTelling.size())];
        return;
      case 2:
        input.erase(at, 1 + Below(16));
        return;
      case 3:
        input.insert(at, 1, kTelling[Below(kTelling.size())]);
        return;
      case 4:
        input.insert(at, std::string(PieceOf(input)));
        return;
      case 5:
        input.insert(at, PieceOf(Pick()));
        return;
      case 6: {
        const std::string& other = Pick();
        input.replace(at, std::string::npos, other, Below(other.size() + 1), std::string::npos);
        return;
      }
      default:
        input.insert(at, 1 + Below(40), input[Below(input.size())]);
        return;
    }
  }

  std::mt19937_64 random_;
  const std::vector<std::string>& corpus_;
};

bool ReadNumber(std::string_view argument, std::string_view name, std::uint64_t& number) {
  if (!argument.starts_with(name)) return false;
  argument.remove_prefix(name.size());
  return std::from_chars(argument.data(), argument.data() + argument.size(), number).ec ==
         std::errc();
}

bool ReadPlan(int count, char** arguments, Plan& plan) {
  bool mutates = false;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (ReadNumber(argument, "-runs=", plan.runs) || ReadNumber(argument, "-seed=", plan.seed))
      continue;
    const std::filesystem::path path(argument);
    if (std::filesystem::is_directory(path)) {
      mutates = true;
      for (const auto& entry : std::filesystem::directory_iterator(path))
        plan.files.push_back(entry.path());
    } else if (std::filesystem::exists(path)) {
      plan.files.push_back(path);
    } else {
      return false;
    }
  }
  if (!mutates) plan.runs = 0;
  std::sort(plan.files.begin(), plan.files.end());
  return !plan.files.empty();
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

int main(int count, char** arguments) {
  Plan plan;
  if (!ReadPlan(count, arguments, plan)) {
    (void)std::fprintf(stderr, "usage: %s [-runs=N] [-seed=N] PATH...\n", arguments[0]);
    return 2;
  }
  crash_file = "crash-" + std::filesystem::path(arguments[0]).filename().string();
  CatchCrashes();
  Run("");
  std::vector<std::string> corpus;
  for (const auto& file : plan.files) Run(corpus.emplace_back(ReadFile(file)));
  Mutator mutator(plan.seed, corpus);
  for (std::uint64_t i = 0; i < plan.runs; ++i) Run(mutator.Next());
  (void)std::printf("%zu inputs, %llu mutations\n", corpus.size(),
                    static_cast<unsigned long long>(plan.runs));
  return 0;
}

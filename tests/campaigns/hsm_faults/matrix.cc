// The cells of the matrix.
#include "tests/campaigns/hsm_faults/matrix.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>

#include "hsm/cryptoki.h"

namespace kmaas::campaigns {
namespace {

using shim::Fault;
using shim::Function;

constexpr std::chrono::milliseconds kImpatience{300};
// How much later than its deadline a caller may hear.
constexpr std::chrono::milliseconds kGrace{50};
constexpr std::size_t kNameWidth = 21;

struct Situation {
  bool begins_anew;
  std::uint64_t last;
};
constexpr Situation kSituations[] = {
    {false, 1}, {false, shim::kAlways}, {true, 1}, {true, shim::kAlways}};

bool AnswersBytes(Function function) {
  for (const Function one :
       {Function::C_Sign, Function::C_Decrypt, Function::C_WrapKey, Function::C_GenerateRandom,
        Function::C_GetTokenInfo, Function::C_GetAttributeValue})
    if (one == function) return true;
  return false;
}

bool IsOfBytes(Fault fault) { return fault == Fault::kFlippedBit || fault == Fault::kStuckBit; }

// One situation of one cell.
class Trial {
 public:
  Trial(World& world, Function function, const Column& column, Situation situation)
      : world_(world), order_{function, column.fault, column.argument, 1, situation.last} {
    // One that does not come back is enough, and holds up what is asked after it.
    if (column.fault == Fault::kHang) order_.last = 1;
    if (situation.begins_anew) world_.MakeModuleForget();
    generation_ = world_.generation();
  }

  char Run(std::string& failure) {
    const std::uint64_t logins = world_.plan().calls(Function::C_Login);
    world_.plan().Begin(order_);
    const Tally during = order_.fault == Fault::kHang ? Hang() : world_.UseAll();
    const std::uint64_t hits = world_.plan().End();
    if (during.bad > 0) Fail(failure, during.first_bad);
    if (world_.engine().IsPinRefused())
      return AfterRefusedPin(world_.plan().calls(Function::C_Login) - logins, failure);
    std::string why;
    if (!world_.IsWholeWithinASecond(why)) Fail(failure, why);
    if (hits == 0) return '-';
    if (order_.fault == Fault::kHang) return 'w';
    const bool is_new = world_.generation() != generation_;
    if (during.refused == 0) return is_new ? 'g' : '=';
    return is_new ? 'r' : 'e';
  }

 private:
  void Fail(std::string& failure, const std::string& what) {
    failure += (order_.last == 1 ? "[once] " : "[lasting] ") + what + "; ";
  }

  // Nothing but a new start asks the token again.
  char AfterRefusedPin(std::uint64_t logins, std::string& failure) {
    const std::uint64_t before = world_.plan().calls(Function::C_Login);
    const Tally after = world_.UseAll();
    const std::uint64_t more = world_.plan().calls(Function::C_Login) - before;
    if (logins != 1 || more != 0) Fail(failure, std::to_string(logins + more) + " logins");
    if (after.bad > 0) Fail(failure, after.first_bad);
    world_.Open();
    std::string why;
    if (!world_.IsWholeWithinASecond(why)) Fail(failure, why);
    return 'p';
  }

  // One caller comes into the module and stays. What others ask meanwhile is answered in time.
  Tally Hang() {
    Tally inside;
    std::atomic<bool> done{false};
    std::thread caller([&] {
      inside = world_.UseAll();
      done = true;
    });
    while (world_.plan().hanging() == 0 && !done) std::this_thread::yield();
    Tally all;
    if (!done) {
      const auto began = world_.clock().SteadyNow();
      all = world_.AskOnce(kImpatience);
      if (world_.clock().SteadyNow() - began > kImpatience + kGrace)
        all.Add({"a caller beside one that hangs", Answer::kUnclear, "heard too late"});
    }
    (void)world_.plan().End();
    caller.join();
    all.right += inside.right;
    all.refused += inside.refused;
    if (inside.bad > 0) all.Add({"who hung", Answer::kWrong, inside.first_bad});
    return all;
  }

  World& world_;
  shim::Order order_;
  std::uint64_t generation_;
};

}  // namespace

const std::vector<Function>& CalledFunctions() {
  static const std::vector<Function> functions = {
      Function::C_Initialize,        Function::C_Finalize,
      Function::C_GetInfo,           Function::C_GetSlotList,
      Function::C_GetTokenInfo,      Function::C_OpenSession,
      Function::C_CloseSession,      Function::C_Login,
      Function::C_CreateObject,      Function::C_DestroyObject,
      Function::C_GetAttributeValue, Function::C_FindObjectsInit,
      Function::C_FindObjects,       Function::C_FindObjectsFinal,
      Function::C_DecryptInit,       Function::C_Decrypt,
      Function::C_SignInit,          Function::C_Sign,
      Function::C_VerifyInit,        Function::C_Verify,
      Function::C_GenerateKey,       Function::C_GenerateKeyPair,
      Function::C_WrapKey,           Function::C_UnwrapKey,
      Function::C_DeriveKey,         Function::C_GenerateRandom};
  return functions;
}

const std::vector<Column>& Columns() {
  static const std::vector<Column> columns = {
      {"REMOVED", Fault::kRefusal, CKR_DEVICE_REMOVED},
      {"DEVICE", Fault::kRefusal, CKR_DEVICE_ERROR},
      {"SESSION", Fault::kRefusal, CKR_SESSION_HANDLE_INVALID},
      {"CLOSED", Fault::kRefusal, CKR_SESSION_CLOSED},
      {"LOGIN", Fault::kRefusal, CKR_USER_NOT_LOGGED_IN},
      {"ABSENT", Fault::kRefusal, CKR_TOKEN_NOT_PRESENT},
      {"GENERAL", Fault::kRefusal, CKR_GENERAL_ERROR},
      {"HOSTMEM", Fault::kRefusal, CKR_HOST_MEMORY},
      {"DEVMEM", Fault::kRefusal, CKR_DEVICE_MEMORY},
      {"BUFFER", Fault::kRefusal, CKR_BUFFER_TOO_SMALL},
      {"HANDLE", Fault::kRefusal, CKR_KEY_HANDLE_INVALID},
      {"LOCKED", Fault::kRefusal, CKR_PIN_LOCKED},
      {"LOST", Fault::kLostAnswer, CKR_DEVICE_REMOVED},
      {"SLOW", Fault::kSlow, 2},
      {"HANG", Fault::kHang, 0},
      {"FLIP", Fault::kFlippedBit, 1},
      {"STUCK", Fault::kStuckBit, 5}};
  return columns;
}

CellReport TryCell(World& world, Function function, const Column& column) {
  CellReport report;
  if (IsOfBytes(column.fault) && !AnswersBytes(function)) {
    report.outcomes = "----";
    return report;
  }
  for (const Situation& situation : kSituations)
    report.outcomes += Trial(world, function, column, situation).Run(report.failure);
  return report;
}

CellReport TryCrash(World& world, Function function) {
  CellReport report;
  for (const bool begins_anew : {false, true}) {
    const pid_t child = fork();
    if (child == 0) {
      world.Open();
      if (begins_anew) world.MakeModuleForget();
      world.plan().Begin({function, Fault::kCrash});
      (void)world.UseAll();
      _exit(world.plan().End() == 0 ? 0 : 1);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) status = 1;
    const bool crashed = WIFSIGNALED(status);
    if (!crashed && status != 0) report.failure += "it went on after a crash; ";
    report.outcomes += crashed ? "x" : "-";
    (void)world.plan().End();
  }
  world.Open();
  std::string why;
  if (!world.IsWholeWithinASecond(why)) report.failure += why;
  world.Close();
  return report;
}

std::string HeadText() {
  std::string text(kNameWidth, ' ');
  for (const Column& column : Columns())
    text += column.head + std::string(8 - column.head.size(), ' ');
  return text + "CRASH";
}

std::string RowText(const std::string& name, const std::map<std::string, Outcomes>& row) {
  std::string text = name + std::string(kNameWidth - name.size(), ' ');
  for (const Column& column : Columns()) {
    const auto cell = row.find(column.head);
    const Outcomes outcomes = cell == row.end() ? "?" : cell->second;
    text += outcomes + std::string(8 - outcomes.size(), ' ');
  }
  const auto crash = row.find("CRASH");
  return text + (crash == row.end() ? "?" : crash->second);
}

Table ReadTable(const std::string& path) {
  Table table;
  std::ifstream file(path);
  std::vector<std::string> heads;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string first;
    words >> first;
    if (first == "REMOVED") {
      heads = {first};
      for (std::string head; words >> head;) heads.push_back(head);
    } else if (first.starts_with("C_") && !heads.empty()) {
      std::size_t place = 0;
      for (std::string cell; words >> cell && place < heads.size();)
        table[first][heads[place++]] = cell;
    }
  }
  return table;
}

}  // namespace kmaas::campaigns

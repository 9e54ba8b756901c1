// kmaas siem: how far each destination of audit events is, and whether one takes an event.
#include <algorithm>
#include <atomic>
#include <thread>

#include "app/process_random.h"
#include "app/siem_settings.h"
#include "cli/commands.h"
#include "cli/json_writer.h"
#include "cli/table.h"
#include "siem/service_event.h"
#include "siem/transport/make_transport.h"

namespace kmaas::cli {
namespace {

constexpr std::chrono::milliseconds kAnswerPoll{20};
constexpr std::chrono::seconds kTestMax{30};

struct Row {
  std::string name;
  siem::Cursor cursor;
  std::uint64_t lag = 0;
};

Result<std::vector<Row>> Rows(const app::Config& config) {
  std::vector<Row> rows;
  KM_TRY(const std::uint64_t newest, siem::NewestSequence(config.audit.directory));
  for (const siem::Destination& to : config.siem) {
    Result<siem::Cursor> read =
        siem::LoadCursor(siem::CursorFile(app::CursorDirectory(config), to.name));
    // One that cannot be read says so in its row, and hides no other.
    siem::Cursor cursor;
    if (read) {
      cursor = *std::move(read);
    } else {
      cursor.error = read.error().message;
    }
    const std::uint64_t at = cursor.head.sequence;
    rows.push_back({to.name, std::move(cursor), newest > at ? newest - at : 0});
  }
  return rows;
}

std::string WrittenAt(const siem::Cursor& cursor) {
  return cursor.at == WallTime() ? "never" : FormatIso8601(cursor.at);
}

std::string Document(const std::vector<Row>& rows) {
  JsonWriter json;
  json.BeginObject().Key("destinations").BeginArray();
  for (const Row& row : rows) {
    json.BeginObject()
        .Member("name", row.name)
        .Member("sequence", row.cursor.head.sequence)
        .Member("lag", row.lag)
        .Member("written", WrittenAt(row.cursor))
        .Member("error", row.cursor.error)
        .End();
  }
  json.End().End();
  return std::move(json.text());
}

Result<void> Status(Invocation& invocation) {
  KM_TRY(const app::Config config, invocation.Load());
  KM_TRY(const std::vector<Row> rows, Rows(config));
  if (invocation.json) {
    invocation.out << Document(rows);
    return {};
  }
  if (rows.empty()) {
    invocation.out << "no destination is configured\n";
    return {};
  }
  Table table({"DESTINATION", "SEQUENCE", "LAG", "WRITTEN", "ERROR"});
  for (const Row& row : rows) {
    table.Add({row.name, std::to_string(row.cursor.head.sequence), std::to_string(row.lag),
               WrittenAt(row.cursor), row.cursor.error.empty() ? "none" : row.cursor.error});
  }
  table.Print(invocation.out);
  return {};
}

siem::Message TestMessage(const siem::Destination& to, const Clock& clock) {
  app::ProcessRandom random;
  const siem::Event event = siem::MakeTestEvent(to.name, random.Uuid(), clock.Now());
  siem::Message message;
  message.event_id = event.id;
  message.name = event.name;
  message.time = event.time;
  message.is_json = siem::IsJson(to.format);
  message.body = siem::Render(to.format, event, app::EventProducer());
  return message;
}

Result<void> WaitUntilTaken(siem::Transport& transport, const Clock& clock) {
  const Deadline deadline = Deadline::After(clock, kTestMax);
  while (clock.SteadyNow() < deadline.at) {
    KM_TRY(const std::uint64_t confirmed, transport.Confirmed());
    if (confirmed > 0) return {};
    std::this_thread::sleep_for(kAnswerPoll);
  }
  return siem::NetworkError("the receiver gave no sign of having taken the event");
}

Result<void> Deliver(siem::Transport& transport, const siem::Message& message, const Clock& clock) {
  KM_CHECK(transport.Connect());
  KM_CHECK(transport.Send({message}));
  return WaitUntilTaken(transport, clock);
}

Result<void> Test(Invocation& invocation, const std::string& name) {
  KM_TRY(const app::Config config, invocation.Load());
  const auto to = std::find_if(config.siem.begin(), config.siem.end(),
                               [&](const siem::Destination& one) { return one.name == name; });
  if (to == config.siem.end())
    return Error{ErrorCode::kValidation, name + ": there is no such destination in siem"};
  const std::atomic<bool> stopping{false};
  const auto transport =
      siem::MakeTransport(*to, app::EventProducer(), {invocation.clock, stopping});
  const siem::Message message = TestMessage(*to, invocation.clock);
  const Result<void> done = Deliver(*transport, message, invocation.clock);
  if (!done)
    return Error{ErrorCode::kDependencyTimeout, name + ": not delivered: " + done.error().message};
  invocation.out << name << ": delivered, event " << message.event_id << '\n';
  return {};
}

constexpr char kStatusFooter[] =
    "Reads the cursor files and the end of the audit trail, so it works without the server. LAG is "
    "how many records\nthe destination has not confirmed.\n"
    "\n"
    "Examples:\n"
    "  kmaas siem status --config kmaas.yaml\n"
    "  kmaas siem status --json";

constexpr char kTestFooter[] =
    "Sends one event named DeliveryTest over a connection of its own and tells whether the "
    "receiver "
    "took it. The\nevent is not in the audit trail and moves no cursor.\n"
    "\n"
    "Example:\n"
    "  kmaas siem test soc --config kmaas.yaml";

}  // namespace

void AddSiemCommands(CLI::App& program, Invocation& invocation) {
  CLI::App& siem = *program.add_subcommand("siem", "Look after the destinations of audit events");
  siem.require_subcommand(1);
  siem.footer("Example:\n  kmaas siem status");
  CLI::App& status = *siem.add_subcommand("status", "Show how far each destination is");
  invocation.AddConfigOption(status);
  invocation.AddJsonOption(status);
  status.footer(kStatusFooter);
  status.callback(
      [&invocation] { invocation.action = [&invocation] { return Status(invocation); }; });
  CLI::App& test = *siem.add_subcommand("test", "Send one test event to a destination");
  const auto name = std::make_shared<std::string>();
  invocation.AddConfigOption(test);
  test.add_option("NAME", *name, "The destination, as siem names it")->required();
  test.footer(kTestFooter);
  test.callback([&invocation, name] {
    invocation.action = [&invocation, name] { return Test(invocation, *name); };
  });
}

}  // namespace kmaas::cli

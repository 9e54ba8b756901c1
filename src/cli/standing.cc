#include "cli/standing.h"

#include "base/encoding.h"

namespace kmaas::cli {
namespace {

void WriteHead(JsonWriter& json, std::string_view name,
               const std::optional<ports::StoreHead>& head) {
  if (!head) return;
  json.Key(name)
      .BeginObject()
      .Member("epoch", head->epoch)
      .Member("rows", head->rows)
      .Member("digest", HexEncode(head->digest))
      .End();
}

}  // namespace

void WriteStanding(JsonWriter& json, const storage::Evidence& evidence) {
  const storage::Standing standing = storage::Judge(evidence);
  json.Member("standing", storage::StandingName(standing))
      .Member("may_serve", storage::MayServe(standing));
  WriteHead(json, "head", evidence.database);
  WriteHead(json, "token", evidence.token);
  if (!evidence.trail) return;
  WriteHead(json, "trail", evidence.trail->head);
  json.Member("trail_record", evidence.trail->place).Member("trail_time", evidence.trail->time);
}

}  // namespace kmaas::cli

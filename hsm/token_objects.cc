// Token objects.
#include "hsm/token_objects.h"

#include "base/log.h"
#include "hsm/key_marks.h"
#include "hsm/service_keys.h"
#include "hsm/token_files.h"

namespace kmaas::hsm {

Result<std::vector<ObjectHandle>> FindObjects(Call& call, const AttributeList& pattern) {
  std::vector<ObjectHandle> found;
  const Rv rv = call.session().FindAll(Template(pattern), found);
  if (!rv.ok()) return call.Fail(rv);
  return found;
}

Result<void> CheckAsMade(Call& call, ObjectHandle object, const AttributeList& made,
                         std::string_view label) {
  const auto wrong = Differences(call.session(), object, AsThisTokenHasIt(call, made));
  if (wrong.empty()) return {};
  // A token that went away shows nothing of anything.
  if (const Rv rv = call.generation().CheckAlive(call.session()); !rv.ok())
    return call.FailAs(rv, Verdict::kLost);
  log::Warning("hsm_key_not_as_made", {{"label", label}, {"attributes", JoinNames(wrong)}});
  return NotLoadable("the " + std::string(label) + " is not as it was made: " + JoinNames(wrong));
}

Result<void> DestroyObjects(Call& call, const AttributeList& pattern) {
  KM_TRY(const auto found, FindObjects(call, pattern));
  for (const ObjectHandle object : found) {
    const Rv rv = call.session().Destroy(object);
    if (!rv.ok()) return call.Fail(rv);
  }
  return {};
}

void DiscardObjects(Call& call, const AttributeList& pattern) {
  const Session& session = call.session();
  std::vector<ObjectHandle> found;
  // What failed may have left its operation behind, beside which SoftHSM seeks nothing.
  if (!session.FindAll(Template(pattern), found).ok() &&
      !(call.generation().Reopen(session).ok() && session.FindAll(Template(pattern), found).ok()))
    return;
  for (const ObjectHandle object : found) (void)session.Destroy(object);
}

AttributeList AsThisTokenHasIt(Call& call, AttributeList list) {
  const auto& refused = call.generation().profile().not_on_token_objects;
  return Without(std::move(list), {refused.begin(), refused.end()});
}

// What failed names files of the operator's, and callers read messages.
Result<void> FlushToken(Call& call) {
  auto flushed = FlushFiles(call.generation().FilesToFlush(), FlushScope::kRecent);
  if (flushed) return {};
  return Error{ErrorCode::kKmsInternal, "The HSM could not do the operation.",
               std::move(flushed.error().message)};
}

}  // namespace kmaas::hsm

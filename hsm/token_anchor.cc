// Finding, reading, making and forgetting anchors.
#include "hsm/token_anchor.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "crypto/digest.h"
#include "hsm/key_templates.h"
#include "hsm/token_objects.h"

namespace kmaas::hsm {
namespace {

using Known = Generation::KnownAnchor;
using Anchors = std::vector<Known>;
using KnownAnchors = Generation::KnownAnchors;

// Whoever makes an RSA key in the token holds the lock of token objects for seconds.
constexpr Manner kSlowForService{LaneKind::kLong, ErrorCode::kDependencyTimeout, true, true};

constexpr std::string_view kKeyLabel = "store anchor v1";
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kBodyBytes = 1 + 8 + 8 + 32;
constexpr std::size_t kValueBytes = kBodyBytes + 32;
// To flush the files of a token costs more than to make an object.
constexpr int kWritesPerFlush = 16;
// What another process destroys while this one reads is sought again.
constexpr int kReadings = 8;

AttributeList AnchorPattern() { return TokenObjects(CKO_DATA, kAnchorLabel); }

Bytes BodyOf(const ports::StoreHead& head) {
  Bytes body;
  AppendU8(body, kVersion);
  AppendU64(body, head.epoch);
  AppendU64(body, head.rows);
  Append(body, ByteView(head.digest));
  return body;
}

Result<crypto::Sha256Digest> TagOf(Call& call, ByteView body) {
  SecretBytes key(crypto::Sha256Digest().size());
  const Generation& generation = call.generation();
  const Rv rv = DeriveUnder(call.session(), generation.keys().integrity, kKeyLabel,
                            AsBytes(generation.token().facts().serial), key.span());
  if (!rv.ok()) return call.Fail(rv);
  return crypto::HmacSha256(key.view(), body);
}

// None for a value that kmaas did not write.
Result<std::optional<ports::StoreHead>> HeadIn(Call& call, ByteView value) {
  if (value.size() != kValueBytes) return std::optional<ports::StoreHead>();
  KM_TRY(const crypto::Sha256Digest tag, TagOf(call, value.first(kBodyBytes)));
  if (!crypto::ConstantTimeEqual(value.subspan(kBodyBytes), tag))
    return std::optional<ports::StoreHead>();
  ByteReader reader(value);
  if (reader.U8() != kVersion) return std::optional<ports::StoreHead>();
  ports::StoreHead head;
  head.epoch = reader.U64();
  head.rows = reader.U64();
  std::ranges::copy(reader.Take(head.digest.size()), head.digest.begin());
  return std::optional(head);
}

struct Reading {
  Anchors anchors;
  bool is_whole = true;  // false: an object went while it was read
};

// Nothing for an object that is gone.
Result<std::optional<Known>> ReadOne(Call& call, ObjectHandle object) {
  std::optional<ports::StoreHead> head;
  // Twice before it counts as damaged: beside an older one, one wrong bit would set the store back.
  for (int tries = 0; tries < 2 && !head; ++tries) {
    Attribute value;
    const Rv rv = call.session().Read(object, CKA_VALUE, value);
    if (rv.code == CKR_OBJECT_HANDLE_INVALID) return std::optional<Known>();
    // One that shows no value is none of ours.
    if (!rv.ok() && Judge(rv) != Verdict::kRefused) return call.Fail(rv);
    KM_TRY(head, HeadIn(call, value.value));
    if (!head) log::Warning("hsm_anchor_not_as_made", {{"bytes", value.value.size()}});
  }
  return std::optional(Known{object, head});
}

Result<Reading> ReadAll(Call& call) {
  KM_TRY(const std::vector<ObjectHandle> found, FindObjects(call, AnchorPattern()));
  Reading reading;
  for (const ObjectHandle object : found) {
    KM_TRY(const auto known, ReadOne(call, object));
    if (known) {
      reading.anchors.push_back(*known);
    } else {
      reading.is_whole = false;
    }
  }
  return reading;
}

// An object may only go while it is read when another process writes a newer one.
Result<Anchors> Seek(Call& call) {
  for (int tries = 0; tries < kReadings; ++tries) {
    KM_TRY(Reading reading, ReadAll(call));
    if (reading.is_whole) return std::move(reading.anchors);
  }
  return Error{ErrorCode::kDependencyTimeout, "", "the token's anchor changes while it is read"};
}

const Known* Highest(const Anchors& anchors) {
  const Known* highest = nullptr;
  for (const Known& anchor : anchors)
    if (anchor.head && (highest == nullptr || anchor.head->epoch > highest->head->epoch))
      highest = &anchor;
  return highest;
}

Error NotBeyond(const ports::StoreHead& head, const ports::StoreHead& anchored) {
  return {ErrorCode::kConflict, "",
          "the token's anchor is of epoch " + std::to_string(anchored.epoch) +
              ", and the head to be anchored of epoch " + std::to_string(head.epoch)};
}

// Read back: an anchor that does not verify would be found when it is needed.
Result<Known> Make(Call& call, const ports::StoreHead& head) {
  Bytes value = BodyOf(head);
  KM_TRY(const crypto::Sha256Digest tag, TagOf(call, value));
  Append(value, ByteView(tag));
  ObjectHandle made;
  Rv rv = call.session().Create(Template(AnchorMaking(value)), made);
  if (!rv.ok()) return call.Fail(rv);
  Attribute kept;
  rv = call.session().Read(made, CKA_VALUE, kept);
  if (rv.ok() && kept.value != value) rv.code = kWrongAnswer;
  if (!rv.ok()) return call.Fail(rv);
  return Known{made, head};
}

// True when nothing else stays.
bool ForgetAllBut(Call& call, const Anchors& kept, const Anchors& anchors) {
  bool all_gone = true;
  for (const Known& anchor : anchors) {
    const bool stays =
        std::ranges::any_of(kept, [&](const Known& one) { return one.object == anchor.object; });
    if (stays) continue;
    const Rv rv = call.session().Destroy(anchor.object);
    all_gone = all_gone && (rv.ok() || rv.code == CKR_OBJECT_HANDLE_INVALID);
  }
  return all_gone;
}

// Power loss must leave one: until the newest is on the disk, the last that is stays beside it.
Result<void> Settle(Call& call, const Known& newest, KnownAnchors before,
                    std::optional<KnownAnchors>& known) {
  KnownAnchors after{{newest}, before.flushed, before.writes_since_flush + 1};
  const bool flushes = !before.flushed || after.writes_since_flush >= kWritesPerFlush ||
                       before.flushed == newest.object;
  if (flushes) {
    KM_CHECK(FlushToken(call));
    after = {{newest}, newest.object, 0};
  } else {
    for (const Known& anchor : before.all)
      if (anchor.object == *before.flushed) after.all.push_back(anchor);
  }
  if (ForgetAllBut(call, after.all, before.all)) known = std::move(after);
  return {};
}

// Leaves `known` empty where it may not be what the token has.
Result<void> Write(Call& call, const ports::StoreHead& head, std::optional<KnownAnchors>& known) {
  if (!known) {
    KM_TRY(Anchors found, Seek(call));
    known = KnownAnchors{std::move(found), std::nullopt, 0};
  }
  KnownAnchors before = *std::exchange(known, std::nullopt);
  const Known* highest = Highest(before.all);
  if (highest != nullptr && highest->head->epoch >= head.epoch && highest->head != head)
    return NotBeyond(head, *highest->head);
  Known newest;
  if (highest != nullptr && highest->head == head) {
    newest = *highest;
  } else {
    KM_TRY(newest, Make(call, head));
  }
  return Settle(call, newest, std::move(before), known);
}

}  // namespace

Result<std::optional<ports::StoreHead>> TokenAnchor::ReadAnchor(Deadline deadline) {
  using Found = std::optional<ports::StoreHead>;
  return core_.Run<Found>(kSlowForService, deadline, [](Call& call) -> Result<Found> {
    const auto lock = call.generation().LockTokenObjects();
    KM_TRY(const Anchors anchors, Seek(call));
    if (const Known* highest = Highest(anchors)) return highest->head;
    if (anchors.empty()) return Found();
    return Error{ErrorCode::kKmsInternal, "The anchor in the token is not one that kmaas made.",
                 std::to_string(anchors.size()) + " anchors in the token, and none verifies"};
  });
}

Result<void> TokenAnchor::WriteAnchor(const ports::StoreHead& head, Deadline deadline) {
  return core_.Run<void>(kSlowForService, deadline, [&](Call& call) -> Result<void> {
    const auto lock = call.generation().LockTokenObjects();
    return Write(call, head, call.generation().anchors());
  });
}

}  // namespace kmaas::hsm

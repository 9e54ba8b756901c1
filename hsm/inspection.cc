// Looking into a token.
#include "hsm/inspection.h"

#include <algorithm>
#include <tuple>

#include "hsm/errors.h"
#include "hsm/key_templates.h"
#include "hsm/mechanisms.h"
#include "hsm/own_objects.h"
#include "hsm/token_profiles.h"

namespace kmaas::hsm {
namespace {

Result<OwnObjects> LookInside(const std::shared_ptr<Token>& token, ByteView pin) {
  Session session;
  Rv rv = Session::Open(token, session);
  if (!rv.ok()) return SetupError(rv, "The token opens no session");
  if (!pin.empty()) {
    rv = session.Login(Role::kUser, pin);
    if (IsPinRefusal(rv.code)) {
      return Error{ErrorCode::kAccessDenied,
                   "The token refuses the user PIN (" + Describe(rv) + "). It was tried once.",
                   Describe(rv)};
    }
    if (!rv.ok()) return SetupError(rv, "The token does not let the user log in");
  }
  return ListOwnObjects(session);
}

Result<TokenInspection> Inspect(const std::shared_ptr<Library>& library,
                                const InspectionOptions& options) {
  KM_TRY(const auto token, Token::Find(library, {options.token_label, options.token_serial}));
  const TokenProfile& profile = ProfileOf(token->facts());
  TokenInspection seen;
  seen.module_description = library->Description();
  seen.label = token->facts().label;
  seen.serial = token->facts().serial;
  seen.manufacturer = token->facts().manufacturer;
  seen.model = token->facts().model;
  seen.firmware = token->facts().firmware;
  seen.profile = profile.name;
  seen.separates_keys = profile.separates_keys;
  for (const CK_MECHANISM_TYPE mechanism : token->ClaimedMechanisms())
    seen.mechanisms.push_back(MechanismName(mechanism));
  KM_TRY(OwnObjects inside, LookInside(token, options.user_pin.view()));
  seen.objects = std::move(inside.objects);
  seen.resident_keys = inside.resident_keys;
  seen.import_keys = inside.import_keys;
  return seen;
}

}  // namespace

Result<OwnObjects> ListOwnObjects(const Session& session) {
  std::vector<ObjectHandle> all;
  const Rv rv = session.FindAll(Template({Is(CKA_TOKEN)}), all);
  if (!rv.ok()) return SetupError(rv, "The token cannot be searched");
  OwnObjects own;
  for (const ObjectHandle object : all) {
    Attribute label;
    Attribute id;
    if (!session.Read(object, CKA_LABEL, label).ok()) continue;
    const std::string text = ToString(label.value);
    if (text == kResidentLabel) {
      ++own.resident_keys;
    } else if (text == kImportLabel) {
      ++own.import_keys;
    } else if (text == kAnchorLabel) {
      continue;  // no key, and in nobody's way
    } else if (text.starts_with(kLabelPrefix)) {
      const bool has_id = session.Read(object, CKA_ID, id).ok();
      own.objects.push_back({text, has_id ? ParseGenerationId(text, id.value).value_or(0) : 0});
    }
  }
  std::sort(own.objects.begin(), own.objects.end(), [](const auto& a, const auto& b) {
    return std::tie(a.label, a.generation) < std::tie(b.label, b.generation);
  });
  return own;
}

Result<TokenInspection> InspectToken(InspectionOptions options) {
  KM_TRY(const auto library, Library::Load(options.module_path, options.module_parameters));
  KM_CHECK(library->Initialize());
  auto seen = Inspect(library, options);
  library->Finalize();
  return seen;
}

}  // namespace kmaas::hsm

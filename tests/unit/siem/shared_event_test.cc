// Goal: what two accounts are told of one call can be told apart and joined in every format.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audit/render.h"
#include "siem/render/render.h"
#include "tests/fakes/sample_record.h"

namespace kmaas::siem {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr FormatKind kFormats[] = {FormatKind::kCloudTrail, FormatKind::kCef, FormatKind::kLeef,
                                   FormatKind::kOcsf,       FormatKind::kEcs, FormatKind::kWazuh};
constexpr char kOwner[] = "999988887777";
constexpr char kShared[] = "5f9a0f6e-3c0f-4f43-9d67-5c7a2d2d8e11";

std::string Rendered(FormatKind format, const ports::AuditRecord& record) {
  return Render(format, ParseEvent(audit::Render(record)).value(), {"1.2.3", "host.example"});
}

TEST(SharedEvent, NamesWhatBothHaveAndWhoIsTold) {
  ports::AuditRecord record = fakes::SampleRecord("event-1");
  record.shared_event_id = kShared;
  for (const FormatKind format : kFormats) {
    record.recipient_account = "";
    EXPECT_THAT(Rendered(format, record), HasSubstr(kShared));
    EXPECT_THAT(Rendered(format, record), Not(HasSubstr(kOwner)));
    record.recipient_account = kOwner;
    EXPECT_THAT(Rendered(format, record), HasSubstr(kShared));
    EXPECT_THAT(Rendered(format, record), HasSubstr(kOwner));
  }
}

TEST(SharedEvent, OfReEncryptHasTheMaterialOfTheDestination) {
  ports::AuditRecord record = fakes::SampleRecord("event-1");
  record.key_material_id = "01 23";
  EXPECT_EQ(ParseEvent(audit::Render(record))->key_material_id, "23");
  record.key_material_id = "45";
  record.custom_key_store_id = "cks-1";
  EXPECT_EQ(ParseEvent(audit::Render(record))->key_material_id, "45");
  EXPECT_EQ(ParseEvent(audit::Render(record))->custom_key_store_id, "cks-1");
}

}  // namespace
}  // namespace kmaas::siem

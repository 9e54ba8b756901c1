// Goal: every seal reaches the receiver, byte for byte, behind the records that it covers, whatever
// fails; and a seal whose records are gone reaches him all the same.
#include <fstream>

#include "audit/seal.h"
#include "audit/trail_files.h"
#include "tests/unit/siem/delivery_case.h"

namespace kmaas::siem {
namespace {

using testing::ElementsAre;

class SealDelivery : public DeliveryTest {
 protected:
  // Over all records that there are, or as many as are claimed. Nobody signed it.
  std::string Seal(std::uint64_t number, std::uint64_t last) {
    audit::Seal seal;
    seal.number = number;
    seal.time = "2026-11-24T12:00:05Z";
    seal.first = sealed_ + 1;
    seal.last = sealed_ = last;
    seal.interval_seconds = 300;
    return audit::RenderSealLine(audit::RenderSeal(seal), {});
  }
  void AddLine(const std::string& line, std::uint64_t first_of_file = 1) {
    std::ofstream(directory_.File(audit::SealFileName(first_of_file)), std::ios::app)
        << line << '\n';
  }
  void AddSeal(std::uint64_t first_of_file = 1) {
    lines_.push_back(Seal(++seals_, static_cast<std::uint64_t>(written_)));
    AddLine(lines_.back(), first_of_file);
  }
  // Numbers of records, and "s<position>" for the seal at that position of lines_, as they came.
  std::vector<std::string> Order() const {
    std::vector<std::string> order;
    for (const Message& message : receiver_.messages) {
      if (message.sequence != 0) order.push_back(std::to_string(message.sequence));
      for (std::size_t i = 0; message.sequence == 0 && i < lines_.size(); ++i)
        if (message.body.find(R"("serviceEventDetails":)" + lines_[i] + ",") != std::string::npos)
          order.push_back("s" + std::to_string(i + 1));
    }
    return order;
  }

  std::uint64_t seals_ = 0;
  std::uint64_t sealed_ = 0;
  std::vector<std::string> lines_;
};

TEST_F(SealDelivery, SendsEachSealByteForByteBehindItsRecords) {
  AddSeal();
  Append(2);
  AddSeal();
  Append(1);
  AddSeal();
  Run();
  Append(1);
  AddSeal(4);  // in the next file
  Run();
  EXPECT_THAT(Order(), ElementsAre("s1", "1", "2", "s2", "3", "s3", "4", "s4"));
  EXPECT_EQ(delivery_->counters().seals, 4U);
  EXPECT_EQ(delivery_->counters().resent, 0U);
}

TEST_F(SealDelivery, GoesOnAfterARestartWhereItWas) {
  Append(2);
  AddSeal();
  Run();
  Restart();
  AddSeal();
  Append(1);
  Run();
  EXPECT_THAT(Order(), ElementsAre("1", "2", "s1", "s2", "3"));
}

TEST_F(SealDelivery, SendsAgainWhatWasNotConfirmedWithTheSameId) {
  receiver_.confirms = false;
  Append(1);
  AddSeal();
  Run(3);
  receiver_.confirms = true;
  Restart();
  Run();
  EXPECT_THAT(Order(), ElementsAre("1", "s1", "1", "s1"));
  EXPECT_EQ(receiver_.messages[1].event_id, receiver_.messages[3].event_id);
}

TEST_F(SealDelivery, LosesNoneWhicheverCallFails) {
  Append(3);
  AddSeal();
  Append(2);
  AddSeal();
  for (int failing = 1; failing <= 12; ++failing) {
    receiver_ = {};
    receiver_.failing_call = failing;
    std::filesystem::remove(options_.cursor_file);
    Restart();
    Run();
    std::vector<std::string> firsts;
    for (const std::string& one : Order())
      if (std::find(firsts.begin(), firsts.end(), one) == firsts.end()) firsts.push_back(one);
    EXPECT_THAT(firsts, ElementsAre("1", "2", "3", "s1", "4", "5", "s2")) << failing;
  }
}

TEST_F(SealDelivery, SendsThemWhateverTheFilterKeepsBack) {
  options_.destination.events = EventFilter::kDenied;
  Append(3);
  AddSeal();
  Run();
  EXPECT_THAT(Order(), ElementsAre("s1"));
  EXPECT_EQ(delivery_->lowest_needed(), 4U);
}

TEST_F(SealDelivery, SendsASealWhoseRecordsAreGone) {
  Append(1);
  AddLine(lines_.emplace_back(Seal(1, 500)));
  Run();
  EXPECT_THAT(Order(), ElementsAre("1", "s1"));
}

TEST_F(SealDelivery, PassesOverLinesThatAreNoSealOrNotTheNextOne) {
  Append(1);
  AddSeal();
  AddLine("{}");
  AddLine(Seal(9, 1));
  AddLine(std::string(40'000, 'x'));
  AddSeal();
  Run();
  EXPECT_THAT(Order(), ElementsAre("1", "s1", "s2"));
  EXPECT_GT(delivery_->counters().trail_faults, 0U);
}

TEST_F(SealDelivery, WaitsForTheRestOfALine) {
  AddSeal();
  const std::string file = directory_.File(audit::SealFileName(1));
  lines_.push_back(Seal(2, 0));
  std::ofstream(file, std::ios::app) << lines_.back().substr(0, 100);
  Run();
  EXPECT_THAT(Order(), ElementsAre("s1"));
  std::ofstream(file, std::ios::app) << lines_.back().substr(100) << '\n';
  Run();
  EXPECT_THAT(Order(), ElementsAre("s1", "s2"));
}

TEST_F(SealDelivery, SendsAllAgainWhenTheTrailIsAnotherOne) {
  Append(1);
  AddSeal();
  Cursor foreign;
  foreign.head.sequence = 1;
  foreign.head.hash.fill(7);
  foreign.seal = 30;
  ASSERT_TRUE(WriteWholeFile(options_.cursor_file, ToText(foreign)));
  Run();
  EXPECT_THAT(Order(), ElementsAre("1", "s1"));
}

}  // namespace
}  // namespace kmaas::siem

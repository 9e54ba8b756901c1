// A backup that is written and read again, and every way in which it may have been changed between.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>

#include "backup/reader.h"
#include "backup/writer.h"
#include "crypto/key_wrap.h"
#include "tests/fakes/fake_crypto_engine.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/temporary_directory.h"

namespace kmaas::backup {
namespace {

using testing::HasSubstr;

class Collected final : public Parts {
 public:
  Result<void> Begin(std::string_view name, std::uint64_t /*size*/) override {
    name_ = name;
    parts[name_].clear();
    return {};
  }
  Result<void> Put(ByteView bytes) override {
    parts[name_] += ToString(bytes);
    return {};
  }
  std::map<std::string, std::string> parts;

 private:
  std::string name_;
};

class BackupFile : public testing::Test {
 protected:
  BackupFile() {
    header_.id = "0f0e0d0c-0000-4000-8000-000000000001";
    header_.created = "2026-11-27T04:00:00Z";
    header_.program = "1.2.3";
    header_.region = "eu-central-1";
    header_.token_label = "kmaas";
    header_.token_serial = "0123";
    header_.head.epoch = 17;
    header_.keys = 3;
    header_.audit_public_key = *engine_.AuditPublicKey();
    const auto wrapping = WrappingKey(engine_, header_.id, Deadline::Never());
    header_.wrapped_key = crypto::KeyWrapPad(wrapping->view(), Bytes(32, 9));
  }
  std::string path() const { return directory_.File("backup"); }

  // With the system calls given; the first error.
  Result<void> Write(const FileCalls& calls = FileCalls::System()) {
    KM_TRY(const auto file, NewFile::Create(directory_.File("part"), calls));
    Writer writer(*file, SecretBytes(Bytes(32, 9)));
    KM_CHECK(writer.Start(header_));
    KM_CHECK(writer.Begin("small", 5));
    KM_CHECK(writer.Put(AsBytes("hello")));
    KM_CHECK(writer.Begin("empty", 0));
    KM_CHECK(writer.Begin("large", large_.size()));
    KM_CHECK(writer.Put(AsBytes(large_)));
    KM_TRY(const auto digest, writer.End());
    KM_TRY(const Bytes signature, engine_.SignAuditDigest(digest, Deadline::Never()));
    KM_CHECK(writer.Sign(signature));
    return file->Finish(path());
  }
  std::string Content() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  void Replace(const std::string& content) const {
    std::ofstream(path(), std::ios::binary | std::ios::trunc) << content;
  }
  // "" when all is well, else what was said; `how` tells the two looks apart.
  std::string Look() {
    const auto outline = CheckFile(path(), {});
    return outline ? "" : outline.error().message;
  }
  std::string Open() {
    const auto key = OpenKey(engine_, header_, Deadline::Never());
    if (!key) return key.error().message;
    const auto read = ReadParts(path(), header_, *key, collected_);
    return read ? "" : read.error().message;
  }

  fakes::TemporaryDirectory directory_;
  fakes::FakeCryptoEngine engine_;
  Header header_;
  Collected collected_;
  const std::string large_ = std::string(kFrameBytesMax, 'a') + "rest";
};

TEST_F(BackupFile, GivesBackItsPartsAndWhatItSaysOfItself) {
  ASSERT_TRUE(Write());
  const auto outline = CheckFile(path(), {});
  ASSERT_TRUE(outline) << outline.error().message;
  EXPECT_EQ(outline->header, header_);
  EXPECT_EQ(outline->frames, 7U);
  EXPECT_EQ(Open(), "");
  EXPECT_EQ(collected_.parts, (std::map<std::string, std::string>{
                                  {"small", "hello"}, {"empty", ""}, {"large", large_}}));
}

TEST_F(BackupFile, IsForItsOwnerAloneAndLeavesNothingBesideIt) {
  ASSERT_TRUE(Write());
  EXPECT_EQ(std::filesystem::status(path()).permissions(), std::filesystem::perms(0600));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_.path()), {}), 1);
}

TEST_F(BackupFile, HasNothingOfItsPartsInClear) {
  ASSERT_TRUE(Write());
  EXPECT_EQ(Content().find("hello"), std::string::npos);
  EXPECT_EQ(Content().find("aaaa"), std::string::npos);
}

TEST_F(BackupFile, IsKnownByTheKeyThatSignedIt) {
  ASSERT_TRUE(Write());
  fakes::FakeCryptoEngine other;
  const auto known = CheckFile(path(), {*engine_.AuditPublicKey()});
  ASSERT_TRUE(known);
  EXPECT_TRUE(known->known_key);
  Bytes stranger = *engine_.AuditPublicKey();
  stranger.back() ^= 1U;
  EXPECT_THAT(CheckFile(path(), {stranger}).error().message, HasSubstr("none of the given keys"));
}

TEST_F(BackupFile, OfAnotherTokenIsNotOpened) {
  header_.wrapped_key = crypto::KeyWrapPad(Bytes(32, 1), Bytes(32, 9));
  ASSERT_TRUE(Write());
  EXPECT_THAT(Open(), HasSubstr("made for token \"kmaas\""));
}

TEST_F(BackupFile, IsRefusedWhereverItWasCutOff) {
  ASSERT_TRUE(Write());
  const std::string whole = Content();
  for (std::size_t size = 0; size < whole.size(); size += size < 700 ? 5 : 60'013) {
    Replace(whole.substr(0, size));
    EXPECT_NE(Look(), "") << size;
    EXPECT_NE(Open(), "") << size;
  }
  Replace(whole.substr(0, whole.size() - kSignatureBytes));
  EXPECT_THAT(Open(), HasSubstr("too early"));
}

TEST_F(BackupFile, IsRefusedWithWhateverByteChanged) {
  ASSERT_TRUE(Write());
  const std::string whole = Content();
  for (std::size_t place = 0; place < whole.size(); place += place < 900 ? 5 : 60'013) {
    std::string changed = whole;
    changed[place] = static_cast<char>(changed[place] ^ 4);
    Replace(changed);
    EXPECT_NE(Look(), "") << place;
    const bool in_signature = place >= whole.size() - kSignatureBytes;
    EXPECT_TRUE(in_signature || !Open().empty()) << place;
  }
}

TEST_F(BackupFile, IsRefusedWithBytesBehindItsEnd) {
  ASSERT_TRUE(Write());
  Replace(Content() + "x");
  EXPECT_THAT(Look(), HasSubstr("1 bytes behind its end"));
  EXPECT_THAT(Open(), HasSubstr("1 bytes behind its end"));
}

// Whoever has no key can still move frames, and make the file look whole but for its signature.
TEST_F(BackupFile, IsRefusedWithFramesMovedRepeatedOrLeftOut) {
  ASSERT_TRUE(Write());
  const std::string whole = Content();
  const std::size_t first = 8 + 4 + EncodeHeader(header_).size();
  std::vector<std::string> frames;
  for (std::size_t at = first; at < whole.size() - kSignatureBytes;) {
    const std::size_t size = 5 + ByteReader(AsBytes(whole).subspan(at + 1)).U32();
    frames.push_back(whole.substr(at, size));
    at += size;
  }
  ASSERT_EQ(frames.size(), 7U);
  const auto refused = [&](std::vector<std::string> changed) {
    std::string content = whole.substr(0, first);
    for (const std::string& frame : changed) content += frame;
    Replace(content + whole.substr(whole.size() - kSignatureBytes));
    return !Look().empty() && !Open().empty();
  };
  for (std::size_t one = 0; one < frames.size(); ++one) {
    std::vector<std::string> without = frames;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(one));
    EXPECT_TRUE(refused(without)) << one;
    std::vector<std::string> twice = frames;
    twice.insert(twice.begin() + static_cast<std::ptrdiff_t>(one), frames[one]);
    EXPECT_TRUE(refused(twice)) << one;
    for (std::size_t other = one + 1; other < frames.size(); ++other) {
      std::vector<std::string> moved = frames;
      std::swap(moved[one], moved[other]);
      EXPECT_TRUE(refused(moved)) << one << " " << other;
    }
  }
}

TEST_F(BackupFile, ReplacesNoFile) {
  Replace("precious");
  EXPECT_THAT(Write().error().message, HasSubstr("File exists"));
  EXPECT_EQ(Content(), "precious");
}

// System calls of which the n-th fails, and all after it when the disk is full.
struct FailingCalls {
  std::uint64_t calls = 0;
  std::uint64_t failing = 0;
  bool for_good = false;

  bool Fails() {
    ++calls;
    const bool fails = for_good ? calls >= failing : calls == failing;
    if (fails) errno = ENOSPC;
    return fails;
  }
  FileCalls Make() {
    const FileCalls& real = FileCalls::System();
    return {[this, &real](auto... a) { return Fails() ? -1 : real.open(a...); },
            [this, &real](auto... a) { return Fails() ? ssize_t{-1} : real.write(a...); },
            [this, &real](auto... a) { return Fails() ? -1 : real.sync(a...); },
            [this, &real](int file) { return Fails() ? (real.close(file), -1) : real.close(file); },
            [this, &real](auto... a) { return Fails() ? -1 : real.rename(a...); }};
  }
};

TEST_F(BackupFile, StandsUnderItsNameOnlyWhenItIsWhole) {
  for (const bool for_good : {false, true}) {
    bool failed = true;
    for (std::uint64_t n = 1; failed; ++n) {
      FailingCalls failing{0, n, for_good};
      const FileCalls calls = failing.Make();
      const Result<void> written = Write(calls);
      failed = failing.calls >= n;
      EXPECT_EQ(written.has_value(), std::filesystem::exists(path())) << n;
      if (written) {
        EXPECT_EQ(Look() + Open(), "") << n;
      }
      EXPECT_FALSE(std::filesystem::exists(directory_.File("part"))) << n;
      std::filesystem::remove(path());
    }
  }
}

TEST_F(BackupFile, WrittenByHalvesIsWhole) {
  FileCalls calls = FileCalls::System();
  calls.write = [](int file, const void* data, std::size_t size) {
    return ::write(file, data, (size + 1) / 2);
  };
  ASSERT_TRUE(Write(calls));
  EXPECT_EQ(Look() + Open(), "");
}

TEST(BackupHeader, IsReadOnlyAsItWasWritten) {
  Header header;
  header.id = "x";
  header.wrapped_key = Bytes(40, 3);
  const Bytes encoded = EncodeHeader(header);
  EXPECT_EQ(*ParseHeader(encoded), header);
  for (std::size_t size = 0; size < encoded.size(); ++size)
    EXPECT_FALSE(ParseHeader(ByteView(encoded).first(size))) << size;
  Bytes longer = encoded;
  longer.push_back(0);
  EXPECT_FALSE(ParseHeader(longer));
}

}  // namespace
}  // namespace kmaas::backup

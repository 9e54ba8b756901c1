// What a file of the trail keeps when the pages behind its end leave the page cache.
#include "audit/append_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fakes/temporary_directory.h"

namespace kmaas::audit {
namespace {

constexpr std::size_t kPiece = 1 << 20;
constexpr std::size_t kPage = 4096;

std::string Piece(int number) { return std::string(kPiece, static_cast<char>('a' + number % 26)); }

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Of the first megabyte.
std::size_t CachedPages(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  void* mapped = mmap(nullptr, kPiece, PROT_READ, MAP_SHARED, file, 0);
  std::vector<unsigned char> pages(kPiece / kPage);
  const bool asked = mapped != MAP_FAILED && mincore(mapped, kPiece, pages.data()) == 0;
  if (mapped != MAP_FAILED) munmap(mapped, kPiece);
  close(file);
  if (!asked) ADD_FAILURE() << "cannot ask for the pages of " << path;
  return static_cast<std::size_t>(
      std::count_if(pages.begin(), pages.end(), [](unsigned char page) { return page & 1; }));
}

TEST(AppendFile, KeepsEveryByteBehindTheEndOfTheCache) {
  const fakes::TemporaryDirectory directory;
  const std::string path = directory.path() + "/file";
  const auto file = AppendFile::Create(path, FileCalls::System());
  ASSERT_TRUE(file);
  std::string expected;
  for (int number = 0; number < 12; ++number) {
    ASSERT_TRUE((*file)->Write(Piece(number)));
    ASSERT_TRUE((*file)->Sync());
    expected += Piece(number);
  }
  EXPECT_TRUE(Contents(path) == expected);
}

TEST(AppendFile, GivesBackThePagesOfItsBeginning) {
  const fakes::TemporaryDirectory directory;
  const std::string path = directory.path() + "/file";
  const auto file = AppendFile::Create(path, FileCalls::System());
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->Write(Piece(0)));
  ASSERT_TRUE((*file)->Sync());
  const std::size_t before = CachedPages(path);
  for (int number = 1; number < 12; ++number) ASSERT_TRUE((*file)->Write(Piece(number)));
  ASSERT_TRUE((*file)->Sync());
  if (struct statfs where = {}; statfs(path.c_str(), &where) == 0 && where.f_type == TMPFS_MAGIC)
    GTEST_SKIP() << "a file in memory has no pages to give back";
  EXPECT_EQ(before, kPiece / kPage);
  EXPECT_LT(CachedPages(path), kPiece / kPage);
}

TEST(AppendFile, FlushesNothingThatAnotherFileStandsFor) {
  const fakes::TemporaryDirectory directory;
  const std::string path = directory.path() + "/file";
  const auto file = AppendFile::Create(path, FileCalls::System());
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->Write("one\n"));
  ASSERT_TRUE((*file)->Sync());
  std::filesystem::rename(path, path + ".aside");
  EXPECT_FALSE((*file)->Sync());
  std::filesystem::copy(path + ".aside", path);
  const Result<void> replaced = (*file)->Sync();
  ASSERT_FALSE(replaced);
  EXPECT_NE(replaced.error().message.find("in the place of " + path), std::string::npos);
  std::filesystem::remove(path);
  std::filesystem::create_symlink(path + ".aside", path);
  EXPECT_FALSE((*file)->Sync());
  std::filesystem::rename(path + ".aside", path);
  EXPECT_TRUE((*file)->Sync());
}

TEST(AppendFile, FlushesNothingWhoseBeginningIsGone) {
  const fakes::TemporaryDirectory directory;
  const std::string path = directory.path() + "/file";
  const auto file = AppendFile::Create(path, FileCalls::System());
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->Write("one\n"));
  std::filesystem::resize_file(path, 0);
  ASSERT_TRUE((*file)->Write("two\n"));
  EXPECT_FALSE((*file)->Sync());
}

}  // namespace
}  // namespace kmaas::audit

// Goal: what each format makes of each record stands in golden/, word for word.
// golden/<record>.json is the record as the trail has it, golden/<record>.<format> the text; {64K}
// stands for 64 KiB of keys (U+1F511). With KMAAS_WRITE_GOLDEN set, the texts are written instead:
// read the difference.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "siem/render/render.h"

namespace kmaas::siem {
namespace {

const std::filesystem::path kFolder =
    std::filesystem::path(KMAAS_SOURCE_DIR) / "tests/unit/siem/golden";

struct Format {
  const char* name;
  FormatKind kind;
};
constexpr Format kFormats[] = {{"cloudtrail", FormatKind::kCloudTrail},
                               {"cef", FormatKind::kCef},
                               {"leef", FormatKind::kLeef},
                               {"ocsf", FormatKind::kOcsf},
                               {"ecs", FormatKind::kEcs},
                               {"wazuh", FormatKind::kWazuh}};

std::string ReadLine(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(stream), {});
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string WithLongTexts(std::string text) {
  constexpr std::string_view kPlace = "{64K}";
  std::string keys;
  while (keys.size() < 65'536) keys += "\xf0\x9f\x94\x91";
  for (std::size_t at = 0; (at = text.find(kPlace, at)) != std::string::npos; at += keys.size())
    text.replace(at, kPlace.size(), keys);
  return text;
}

Event EventOf(const std::filesystem::path& record) {
  Event event = ParseEvent(WithLongTexts(ReadLine(record))).value();
  event.sequence = 17;
  event.previous = std::string(64, 'a');
  event.hash = std::string(64, 'b');
  return event;
}

TEST(GoldenTexts, AreWhatEachFormatMakesOfEachRecord) {
  int compared = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".json") continue;
    const Event event = EventOf(entry.path());
    for (const Format& format : kFormats) {
      std::filesystem::path path = entry.path();
      path.replace_extension(format.name);
      const std::string text = Render(format.kind, event, {"1.2.3", "host.example"});
      if (std::getenv("KMAAS_WRITE_GOLDEN") != nullptr) std::ofstream(path) << text << '\n';
      EXPECT_EQ(text, ReadLine(path)) << path;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 7 * 6);
}

}  // namespace
}  // namespace kmaas::siem

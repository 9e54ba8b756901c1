// What JsonWriter writes is JSON, whatever the texts are; a parser says so.
#include "cli/json_writer.h"

#include <gtest/gtest.h>
#include <simdjson.h>

namespace kmaas::cli {
namespace {

simdjson::dom::element Parsed(simdjson::dom::parser& parser, const std::string& text) {
  simdjson::dom::element element;
  EXPECT_EQ(parser.parse(text).get(element), simdjson::SUCCESS) << text;
  return element;
}

TEST(JsonWriter, WritesMembersIndented) {
  JsonWriter json;
  json.BeginObject().Member("a", "x").Member("b", true).Key("c").BeginArray();
  json.Number(1).Number(-2).End().End();
  EXPECT_EQ(json.text(),
            "{\n  \"a\": \"x\",\n  \"b\": true,\n  \"c\": [\n    1,\n    -2\n  ]\n}\n");
}

TEST(JsonWriter, WritesEmptyOnesOnOneLine) {
  JsonWriter json;
  json.BeginObject().Key("a").BeginArray().End().Key("o").BeginObject().End().End();
  EXPECT_EQ(json.text(), "{\n  \"a\": [],\n  \"o\": {}\n}\n");
}

TEST(JsonWriter, EscapesEveryCharacterThatJsonDoesNotAllow) {
  std::string every;
  for (int c = 0; c < 0x80; ++c) every += static_cast<char>(c);
  every += "\xc3\xa4\xe2\x82\xac\xf0\x9f\x94\x91";
  JsonWriter json;
  json.BeginObject().Member(every, every).End();
  simdjson::dom::parser parser;
  std::string_view read;
  ASSERT_EQ(Parsed(parser, json.text()).at_key(every).get(read), simdjson::SUCCESS);
  EXPECT_EQ(read, every);
  for (const char c : json.text()) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
}

TEST(JsonWriter, KeepsATextThatLooksLikeAnEndInside) {
  JsonWriter json;
  json.BeginArray().Text("\"}],\\").Text("</script>").End();
  simdjson::dom::parser parser;
  EXPECT_EQ(Parsed(parser, json.text()).get_array().size(), 2U);
}

TEST(JsonWriter, WritesTheLargestNumbers) {
  JsonWriter json;
  json.BeginArray().Number(UINT64_MAX).Number(INT64_MIN).End();
  simdjson::dom::parser parser;
  const auto array = Parsed(parser, json.text()).get_array();
  EXPECT_EQ(array.at(0).get_uint64().value(), UINT64_MAX);
  EXPECT_EQ(array.at(1).get_int64().value(), INT64_MIN);
}

}  // namespace
}  // namespace kmaas::cli

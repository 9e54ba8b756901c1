// The commands of kmaas against a real token: what they print, in both forms, and what they keep
// quiet.
#include <gmock/gmock.h>
#include <simdjson.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "app/private_file.h"
#include "cli/program.h"
#include "tests/component/init/fixture.h"

namespace kmaas::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Printed {
  int status;
  std::string out;
  std::string err;
};

class Commands : public Init {
 protected:
  Commands() {
    Put("kmaas.yaml", Settings());
    Put("user.pin", token_->user_pin() + "\n");
    Put("so.pin", token_->so_pin() + "\n");
  }
  void Put(const std::string& name, const std::string& content) {
    std::ofstream(directory_.File(name), std::ios::trunc) << content;
    ::chmod(directory_.File(name).c_str(), 0600);
  }
  Printed Run(std::vector<std::string> words) {
    words.insert(words.end(), {"--config", directory_.File("kmaas.yaml")});
    std::ostringstream out;
    std::ostringstream err;
    const int status = cli::Run(words, out, err);
    return {status, out.str(), err.str()};
  }
  Printed RunInit(std::vector<std::string> more = {}) {
    std::vector<std::string> words{"init", "--so-pin-file", directory_.File("so.pin")};
    words.insert(words.end(), more.begin(), more.end());
    return Run(words);
  }
  simdjson::dom::element Json(const std::string& text) {
    simdjson::dom::element element;
    EXPECT_EQ(parser_.parse(text).get(element), simdjson::SUCCESS) << text;
    return element;
  }
  static std::string Text(const simdjson::dom::element& element, std::string_view name) {
    std::string_view text;
    EXPECT_EQ(element[name].get(text), simdjson::SUCCESS) << name;
    return std::string(text);
  }

  simdjson::dom::parser parser_;
};

std::size_t Times(const std::string& text, const std::string& part) {
  std::size_t times = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++times;
  return times;
}

TEST_F(Commands, InitShowsTheSecretOnceWithoutACredentialsFile) {
  const Printed init = RunInit({"--json"});
  ASSERT_EQ(init.status, 0) << init.err;
  const std::string secret = Text(Json(init.out), "secret_access_key");
  EXPECT_EQ(secret.size(), 40U);
  EXPECT_EQ(Times(init.out + init.err, secret), 1U);
  for (const auto& [path, content] : ReadTree(directory_.path()))
    EXPECT_EQ(Times(content, secret), 0U) << path;
  for (const char* command : {"status", "account"}) {
    const Printed later = command == std::string("account") ? Run({command, "show", "--json"})
                                                            : Run({command, "--json"});
    EXPECT_EQ(later.status, 0) << later.err;
    EXPECT_EQ(Times(later.out + later.err, secret), 0U);
  }
}

TEST_F(Commands, InitPutsTheSecretIntoTheCredentialsFileOnly) {
  const std::string file = directory_.File("alice.json");
  const Printed init = RunInit({"--credentials-file", file, "--admin-name", "alice"});
  ASSERT_EQ(init.status, 0) << init.err;
  EXPECT_EQ(ModeOf(file), "600");
  const auto credentials = Json(ReadFile(file));
  const std::string secret = Text(credentials, "secret_access_key");
  EXPECT_EQ(Times(init.out + init.err, secret), 0U);
  EXPECT_EQ(Times(ReadFile(file), secret), 1U);
  EXPECT_THAT(Text(credentials, "user_arn"), HasSubstr(":user/alice"));
  for (const char* name : {"ca_file", "client_certificate_file", "client_key_file"})
    EXPECT_TRUE(Exists(Text(credentials, name))) << name;
}

TEST_F(Commands, InitNamesNoPinAnywhere) {
  const Printed init = RunInit();
  EXPECT_EQ(Times(init.out + init.err, token_->user_pin()), 0U);
  EXPECT_EQ(Times(init.out + init.err, token_->so_pin()), 0U);
}

TEST_F(Commands, InitLeavesACredentialsFileOfAnotherAlone) {
  Put("alice.json", "foreign");
  const Printed init = RunInit({"--credentials-file", directory_.File("alice.json")});
  EXPECT_EQ(init.status, 1);
  EXPECT_THAT(init.err, AllOf(HasSubstr("refusing to overwrite"), HasSubstr("alice.json")));
  EXPECT_EQ(ReadFile(directory_.File("alice.json")), "foreign");
  EXPECT_TRUE(TokenObjects().empty());
}

TEST_F(Commands, InitThatFailsLeavesNoCredentialsFile) {
  Put("so.pin", "wrong-pin-0000");
  EXPECT_EQ(RunInit({"--credentials-file", directory_.File("alice.json")}).status, 1);
  EXPECT_FALSE(Exists(directory_.File("alice.json")));
  EXPECT_FALSE(Exists(data_));
}

TEST_F(Commands, InitTakesTheOfficersPinFromItsVariable) {
  ::setenv("KMAAS_SO_PIN", token_->so_pin().c_str(), 1);
  const Printed init = Run({"init", "--json"});
  EXPECT_EQ(init.status, 0) << init.err;
  EXPECT_EQ(std::getenv("KMAAS_SO_PIN"), nullptr);
}

TEST_F(Commands, StatusShowsTokenMechanismsCustodyAndKeys) {
  ASSERT_EQ(RunInit().status, 0);
  const Printed text = Run({"status"});
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("kmaas, serial "), HasSubstr("CKM_SHA256_HMAC"),
                              HasSubstr("wrapped, resident"), HasSubstr("not running")));
  const Printed printed = Run({"status", "--json"});
  const auto json = Json(printed.out);
  EXPECT_EQ(json["keys"]["total"].get_uint64().value(), 0U);
  EXPECT_EQ(json["store"]["access_keys"].get_uint64().value(), 1U);
  EXPECT_TRUE(json["token"]["healthy"].get_bool().value());
  EXPECT_GE(json["token"]["mechanisms"].get_array().size(), 3U);
  EXPECT_EQ(json["token"]["custody"].get_array().size(), 3U);
  EXPECT_EQ(json["problems"].get_array().size(), 0U);
}

TEST_F(Commands, StatusSaysWhatToDoBeforeInit) {
  const Printed printed = Run({"status", "--json"});
  EXPECT_EQ(printed.status, 1);
  EXPECT_THAT(printed.err, HasSubstr("kmaas init"));
  EXPECT_EQ(Json(printed.out)["problems"].get_array().size(), 2U);
}

TEST_F(Commands, StatusTriesAWrongPinOnceAndSaysSo) {
  ASSERT_EQ(RunInit().status, 0);
  Put("user.pin", "wrong-pin-0000");
  const Printed printed = Run({"status"});
  EXPECT_EQ(printed.status, 1);
  EXPECT_THAT(printed.err, AllOf(HasSubstr("PIN"), HasSubstr("once"), Not(HasSubstr("wrong-pin"))));
}

TEST_F(Commands, LookingChangesNothing) {
  ASSERT_EQ(RunInit().status, 0);
  ASSERT_EQ(Run({"status"}).status, 0);
  const std::string database = ReadFile(File("kmaas.db"));
  const Contents token = TokenFiles();
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"status"}, {"key", "list"}, {"account", "show"}, {"audit", "verify"}}) {
    EXPECT_EQ(Run(words).status, 0) << words.front();
  }
  EXPECT_TRUE(ReadFile(File("kmaas.db")) == database);
  EXPECT_THAT(Changes(token, TokenFiles()), testing::IsEmpty());
}

TEST_F(Commands, PrintJsonThatParses) {
  ASSERT_EQ(RunInit().status, 0);
  EXPECT_EQ(Json(Run({"key", "list", "--json"}).out).get_array().size(), 0U);
  const auto accounts = Json(Run({"account", "show", "--json"}).out).get_array();
  ASSERT_EQ(accounts.size(), 1U);
  const auto user = accounts.at(0)["users"].at(0);
  EXPECT_EQ(user["name"].get_string().value(), "administrator");
  EXPECT_EQ(user["access_keys"].get_array().size(), 1U);
  EXPECT_TRUE(Json(Run({"audit", "verify", "--json"}).out)["intact"].get_bool().value());
}

TEST_F(Commands, SayWhichKeyThereIsNot) {
  ASSERT_EQ(RunInit().status, 0);
  for (const char* name : {"alias/none", "1234abcd-12ab-34cd-56ef-1234567890ab", "\x1b[2J"}) {
    const Printed printed = Run({"key", "show", name});
    EXPECT_EQ(printed.status, 1);
    EXPECT_THAT(printed.err, AllOf(HasSubstr("there is no key "), Not(HasSubstr("\x1b"))));
  }
}

}  // namespace
}  // namespace kmaas::app

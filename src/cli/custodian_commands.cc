// kmaas custodians: shares of a PIN for several people, of whom so many are needed together.
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "app/custodian_desk.h"
#include "app/custodian_settings.h"
#include "app/custodian_share.h"
#include "app/pin.h"
#include "app/private_file.h"
#include "cli/custodian_commands.h"
#include "cli/share_prompt.h"
#include "crypto/digest.h"

namespace kmaas::cli {
namespace {

struct SplitArguments {
  unsigned shares = 0;
  unsigned threshold = 0;
  std::string pin_file;
  std::string directory;
};

struct CombineArguments {
  std::vector<std::string> share_files;
  std::string out;
};

std::string NameOf(const app::CustodianShare& share) {
  return "share " + std::to_string(share.number) + " of " + std::to_string(share.count) + ", any " +
         std::to_string(share.threshold) + " give the PIN";
}

// Each custodian sees one share: the screen is cleared before the next one comes.
Result<void> ShowOneByOne(const std::vector<app::CustodianShare>& shares, Invocation& invocation) {
  if (isatty(STDOUT_FILENO) != 1)
    return Error{ErrorCode::kValidation,
                 "shares are shown at a terminal, one after the other; elsewhere write them to "
                 "files: --directory"};
  for (const app::CustodianShare& share : shares) {
    const SecretBytes text = app::ArmourShare(share);
    invocation.out << NameOf(share) << "\n\n" << AsText(text.view()) << "\n\n" << std::flush;
    KM_CHECK(app::AskPin("Written down and compared? Type yes for the next custodian"));
    invocation.out << "\033[H\033[2J\033[3J" << std::flush;
  }
  return {};
}

Result<void> WriteFiles(const std::vector<app::CustodianShare>& shares,
                        const std::string& directory, Invocation& invocation) {
  KM_CHECK(app::MakeDirectory(directory));
  for (const app::CustodianShare& share : shares) {
    const std::string path = directory + "/share-" + std::to_string(share.number);
    const SecretBytes text = app::ArmourShare(share);
    KM_CHECK(app::WriteNewFile(path, AsText(text.view()), app::kPrivateFile));
    invocation.out << path << ": " << NameOf(share) << '\n';
  }
  return {};
}

Result<SecretBytes> PinToSplit(const SplitArguments& arguments) {
  if (!arguments.pin_file.empty()) return app::ReadPinFile(arguments.pin_file);
  KM_TRY(SecretBytes pin, app::AskPin("The PIN to split"));
  KM_TRY(const SecretBytes again, app::AskPin("The same again"));
  if (crypto::ConstantTimeEqual(again.view(), pin.view())) return pin;
  return Error{ErrorCode::kValidation, "the two are not the same"};
}

Result<void> Split(Invocation& invocation, const SplitArguments& arguments) {
  KM_TRY(const SecretBytes pin, PinToSplit(arguments));
  KM_TRY(const std::vector<app::CustodianShare> shares,
         app::SplitPin(pin, arguments.threshold, arguments.shares));
  if (arguments.directory.empty()) return ShowOneByOne(shares, invocation);
  return WriteFiles(shares, arguments.directory, invocation);
}

Result<SecretBytes> ShareText(const std::string& file) {
  return file.empty() ? app::AskPin("Your share") : app::ReadSecretFile(file, "share");
}

Result<void> Ask(Invocation& invocation, const SecretBytes& line) {
  KM_TRY(const app::Config config, invocation.Load());
  KM_TRY(const std::string answer, app::AskDesk(app::CustodianSocket(config), line.view()));
  invocation.out << (answer == "complete" ? "complete: the server goes on\n" : answer + '\n');
  return {};
}

Result<void> Give(Invocation& invocation, const std::string& file) {
  constexpr std::string_view kGive = "give ";
  KM_TRY(const SecretBytes text, ShareText(file));
  // Said here already, so that a typing error does not travel.
  KM_CHECK(app::ReadShare(text.view()));
  SecretBytes line(kGive.size() + text.size());
  std::copy(kGive.begin(), kGive.end(), line.span().begin());
  std::copy(text.view().begin(), text.view().end(), line.span().begin() + kGive.size());
  return Ask(invocation, line);
}

Result<SecretBytes> Combined(const std::vector<std::string>& files) {
  if (files.empty()) return AskShares();
  std::vector<app::CustodianShare> shares;
  for (const std::string& file : files) {
    KM_TRY(const SecretBytes text, app::ReadSecretFile(file, "share"));
    Result<app::CustodianShare> share = app::ReadShare(text.view());
    if (!share) return Error{ErrorCode::kValidation, file + ": " + share.error().message};
    shares.push_back(*std::move(share));
  }
  return app::CombinePin(shares);
}

Result<void> Combine(Invocation& invocation, const CombineArguments& arguments) {
  KM_TRY(const SecretBytes pin, Combined(arguments.share_files));
  KM_CHECK(app::WriteNewFile(arguments.out, AsText(pin.view()), app::kPrivateFile));
  invocation.out << arguments.out << ": the PIN, for the owner of the file alone\n";
  return {};
}

constexpr char kFooter[] =
    "With hsm.pin_from: custodians kmaasd holds no PIN when it starts: it waits until so many "
    "custodians have given\ntheir shares. docs/operations/custodians.md tells the whole "
    "procedure.\n\n"
    "Examples:\n"
    "  kmaas custodians split --shares 5 --threshold 3\n"
    "  kmaas custodians give                         each custodian, at the server's terminal";

void AddSplit(CLI::App& custodians, Invocation& invocation) {
  const auto arguments = std::make_shared<SplitArguments>();
  CLI::App& split = *custodians.add_subcommand("split", "Split a PIN into shares");
  split.add_option("--shares", arguments->shares, "How many custodians; at most 32")
      ->type_name("NUMBER")
      ->required();
  split.add_option("--threshold", arguments->threshold, "How many of them are needed; at least 2")
      ->type_name("NUMBER")
      ->required();
  split.add_option("--pin-file", arguments->pin_file, "The PIN; without, it is asked")
      ->type_name("FILE");
  split
      .add_option("--directory", arguments->directory,
                  "Write files there, instead of showing one share after the other")
      ->type_name("DIRECTORY");
  split.footer(
      "Takes any PIN of 1 to 64 bytes, the user PIN or that of the officer, and asks no token. "
      "Each share is shown\nonce. Destroy the file of the PIN afterwards.\n\n"
      "Examples:\n"
      "  kmaas custodians split --shares 5 --threshold 3\n"
      "  kmaas custodians split --shares 3 --threshold 2 --pin-file so.pin --directory "
      "/media/shares");
  split.callback([&invocation, arguments] {
    invocation.action = [&invocation, arguments] { return Split(invocation, *arguments); };
  });
}

void AddGive(CLI::App& custodians, Invocation& invocation) {
  const auto file = std::make_shared<std::string>();
  CLI::App& give = *custodians.add_subcommand("give", "Give your share to a kmaasd that waits");
  invocation.AddConfigOption(give);
  give.add_option("--share-file", *file, "The share; without, it is asked without echo")
      ->type_name("FILE");
  give.footer(
      "For root and the user of the server, at its machine. A share that was mistyped is refused "
      "and can be given again.\n\nExample:\n  kmaas custodians give");
  give.callback([&invocation, file] {
    invocation.action = [&invocation, file] { return Give(invocation, *file); };
  });
}

void AddStatus(CLI::App& custodians, Invocation& invocation) {
  CLI::App& status =
      *custodians.add_subcommand("status", "Show how many shares a waiting kmaasd has");
  invocation.AddConfigOption(status);
  status.footer("Fails when no kmaasd waits.\n\nExample:\n  kmaas custodians status");
  status.callback([&invocation] {
    invocation.action = [&invocation] {
      return Ask(invocation, SecretBytes(AsBytes(std::string_view("status"))));
    };
  });
}

void AddCombine(CLI::App& custodians, Invocation& invocation) {
  const auto arguments = std::make_shared<CombineArguments>();
  CLI::App& combine =
      *custodians.add_subcommand("combine", "Get the PIN back from shares, into a file");
  combine
      .add_option("--share-file", arguments->share_files,
                  "A share, once for each; without, they are asked")
      ->type_name("FILE")
      ->expected(1)
      ->take_all();
  combine.add_option("--out", arguments->out, "The new file of the PIN")
      ->type_name("FILE")
      ->required();
  combine.footer(
      "For what needs the PIN itself: changing it, or the officer's PIN. Give exactly as many "
      "shares as are needed.\n\nExample:\n  kmaas custodians combine --out so.pin");
  combine.callback([&invocation, arguments] {
    invocation.action = [&invocation, arguments] { return Combine(invocation, *arguments); };
  });
}

}  // namespace

void AddCustodianCommands(CLI::App& program, Invocation& invocation) {
  CLI::App& custodians =
      *program.add_subcommand("custodians", "Share the PIN of the token among several people");
  custodians.require_subcommand(1);
  custodians.footer(kFooter);
  AddSplit(custodians, invocation);
  AddGive(custodians, invocation);
  AddStatus(custodians, invocation);
  AddCombine(custodians, invocation);
}

}  // namespace kmaas::cli

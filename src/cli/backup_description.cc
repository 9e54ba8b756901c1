#include "cli/backup_description.h"

#include "cli/table.h"

namespace kmaas::cli {

std::string Describe(const backup::Header& header) {
  return "backup " + Harmless(header.id) + " of " + Harmless(header.created) + ", " +
         std::to_string(header.keys) + " keys in " + std::to_string(header.accounts) +
         " accounts, epoch " + std::to_string(header.head.epoch) + ", for token \"" +
         Harmless(header.token_label) + "\" (serial " + Harmless(header.token_serial) + ")";
}

void WriteHeader(JsonWriter& json, const backup::Header& header) {
  json.Member("backup", header.id)
      .Member("created", header.created)
      .Member("version", header.program)
      .Member("region", header.region)
      .Member("token_label", header.token_label)
      .Member("token_serial", header.token_serial)
      .Member("epoch", header.head.epoch)
      .Member("rows", header.head.rows)
      .Member("accounts", header.accounts)
      .Member("keys", header.keys)
      .Member("newest_seal", header.seal_number);
}

}  // namespace kmaas::cli

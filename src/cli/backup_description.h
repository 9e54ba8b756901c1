// What a backup says of itself, as text and in JSON.
#pragma once

#include <string>

#include "backup/header.h"
#include "cli/json_writer.h"

namespace kmaas::cli {

// "backup 1234... of 2026-11-27T04:00:00Z, 12 keys in 1 accounts, epoch 7, for token ..."
std::string Describe(const backup::Header& header);
// Members of the object that has begun.
void WriteHeader(JsonWriter& json, const backup::Header& header);

}  // namespace kmaas::cli

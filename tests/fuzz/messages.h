// Messages of protobuf for fuzzers: whose they are, comparing them, and quiet while they are read.
#pragma once

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>
#include <google/protobuf/stubs/logging.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/operation.h"
#include "core/registry.h"

namespace kmaas::fuzz {

// Equal when the messages are: maps in the order of their keys.
inline std::string MessageBytes(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  return bytes;
}

// protobuf writes a line for each text that is not UTF-8: here, for most inputs.
inline void SilenceProtobuf() { static const google::protobuf::LogSilencer silencer; }

// Those that have the name, which is a member of Operation: the ones of a front end.
inline std::vector<const core::Operation*> Having(const core::Registry& registry,
                                                  std::string core::Operation::*name) {
  std::vector<const core::Operation*> those;
  for (const auto& operation : registry.operations()) {
    if (!((*operation).*name).empty()) those.push_back(operation.get());
  }
  return those;
}

// The one that the first byte of an input means. To read each input as all of them costs a hundred
// times as much and finds no more.
inline const core::Operation& Meant(const std::vector<const core::Operation*>& those,
                                    std::uint8_t first) {
  return *those[first % those.size()];
}

}  // namespace kmaas::fuzz

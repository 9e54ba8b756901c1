// Which process serves a database now.
#pragma once

#include <optional>
#include <string>

namespace kmaas::app {

// Its id, while one holds the lock beside the database, as a server does as long as it lives.
std::optional<std::string> ServerProcess(const std::string& database);

}  // namespace kmaas::app

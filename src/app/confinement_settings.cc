#include "app/confinement_settings.h"

#include <charconv>

#include "confinement/system_calls.h"

namespace kmaas::app {
namespace {

constexpr unsigned kPortMax = 65'535;

// Each item goes to `take`, which says whether it is one.
template <class Take>
void ReadList(SettingsReader& reader, const std::string& name, const std::string& what, Take take) {
  const YAML::Node list = reader.Raw(name);
  if (!list.IsDefined() || list.IsNull()) return;
  if (!list.IsSequence()) return reader.Refuse(name, "must be a list of " + what);
  for (const YAML::Node& item : list) {
    if (!item.IsScalar() || !take(item.Scalar()))
      return reader.Refuse(name, "must be a list of " + what +
                                     (item.IsScalar() ? "; this is none: " + item.Scalar() : ""));
  }
}

void ReadPaths(SettingsReader& reader, const std::string& name, const std::string& file,
               std::vector<std::string>& paths) {
  ReadList(reader, name, "files and directories", [&](const std::string& text) {
    if (!text.empty()) paths.push_back(ResolvePath(text, file));
    return !text.empty();
  });
}

void ReadPorts(SettingsReader& reader, std::vector<std::uint16_t>& ports) {
  ReadList(reader, "connect_ports", "TCP ports, 1 to 65535", [&](const std::string& text) {
    unsigned port = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (failure != std::errc() || end != text.data() + text.size() || port == 0 || port > kPortMax)
      return false;
    ports.push_back(static_cast<std::uint16_t>(port));
    return true;
  });
}

}  // namespace

void ReadConfinement(SettingsReader section, Config& config) {
  using Mode = ConfinementConfig::Mode;
  ConfinementConfig& read = config.confinement;
  section.Choice<Mode>("mode", read.mode,
                       {{"where_possible", Mode::kWherePossible},
                        {"required", Mode::kRequired},
                        {"off", Mode::kOff}});
  ReadPaths(section, "readable", config.file, read.readable);
  ReadPaths(section, "writable", config.file, read.writable);
  ReadPorts(section, read.connect_ports);
  ReadList(section, "system_calls", "names of system calls, as socketpair",
           [&](const std::string& name) {
             if (confinement::IsSystemCall(name)) read.system_calls.push_back(name);
             return confinement::IsSystemCall(name);
           });
  section.Finish();
}

}  // namespace kmaas::app

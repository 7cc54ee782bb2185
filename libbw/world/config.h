#pragma once
// Config: the user's own settings (`config_folder/config.json`), a flat object of strings. Every key is
// declared here with its meaning; what a later version of bw wrote there is kept as it is.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "world/environment.h"

namespace bw {

struct ConfigKey {
  std::string name;
  std::string meaning;
  std::vector<std::string> choices;  // empty: any text
  std::string fallback;              // the value where none is set; may be empty
};

std::span<const ConfigKey> config_keys();
// Error(usage) with the closest name where there is no such key.
const ConfigKey& config_key(std::string_view name);

// What the user set; nothing where that is nothing. Error(invalid) where the file is damaged.
std::optional<std::string> config_value(const Environment& environment, const ConfigKey& key);
// The same, or the fallback.
std::string effective_config_value(const Environment& environment, const ConfigKey& key);

// Error(usage) where the value is not among the choices.
void set_config_value(const Environment& environment, const ConfigKey& key, const std::string& value);
void unset_config_value(const Environment& environment, const ConfigKey& key);

}  // namespace bw

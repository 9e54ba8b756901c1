// Which calls use a key on data, or draw random bytes: records of them have rules of their own.
#pragma once

#include <string_view>

namespace kmaas::audit {

// By the name of the event: "Decrypt", "Sign" and their like.
bool IsUseOfKey(std::string_view event_name);

}  // namespace kmaas::audit

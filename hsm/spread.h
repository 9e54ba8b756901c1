// How the calls of a group of tokens are shared out.
#pragma once

namespace kmaas::hsm {

enum class Spread {
  kByKey,  // each key at home with one member, so that what is loaded there is used again
  kFirst,  // the first that is up, in the order of the configuration
};

}  // namespace kmaas::hsm

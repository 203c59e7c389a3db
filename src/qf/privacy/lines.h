// What is seen of the lines of a text: which language each is in, and whether it is a heading.
#pragma once

#include <vector>

#include "qf/privacy/tokens.h"

namespace qf {

struct LineSigns {
  std::vector<bool> english;  // by token: its line is English, else Swedish, by small words; without any, as the text
  std::vector<bool> heading;  // by token: in its line Most Words Begin With a Capital, which says nothing then
};
LineSigns read_lines(const Tokens& tokens);

}  // namespace qf

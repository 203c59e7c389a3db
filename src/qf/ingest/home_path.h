// Whose home folder a path lies in.
#pragma once

#include <string_view>

namespace qf {

// The user segment of /Users/x/…, /home/x/… or C:\Users\x\…, "" where there is none. A view into `path`.
std::string_view user_of_path(std::string_view path);

// Whether a user segment stands for nobody in particular, such as USERNAME: pooling people under it would be a false
// name.
bool is_stand_in(std::string_view user);

// The person that a path points to: its user segment, "" where that is a stand-in.
std::string_view guess_of_path(std::string_view path);

}  // namespace qf

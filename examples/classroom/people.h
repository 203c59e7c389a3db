// The teachers of the school: who they are, where their files lie, and what they agreed to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary.h"

namespace classroom {

enum class Agreement {
  kEverything,
  kTrainingOnly,        // model_training and nothing else: no text, not handed on
  kTrainingAndSharing,  // no text, but may be handed on
  kNoRecord,
  kRefused,
  kWithdrawn,  // gave everything, withdrew in the middle of the logs
  kExpired,    // gave everything for a time that is over
};

struct Teacher {
  std::size_t number = 0;
  std::string subject_id;  // the person's name in the register
  std::string first_name, user;
  std::string courses;  // the folder that the courses lie in, on the teacher's own machine
  Language language = Language::kSwedish;
  const Subject* subject = nullptr;
  Agreement agreement = Agreement::kEverything;
};

std::vector<Teacher> make_teachers(std::size_t count, std::uint64_t seed);

std::string consent_csv(const std::vector<Teacher>& teachers);

// A pupil's first name, for the few reasons that name one.
std::string_view pupil_name(Random& random);
// A free-text reason; one in thirty names a pupil, and few of those hold an address or a number.
std::string reason_text(const Subject& subject, Language language, Random& random);

}  // namespace classroom

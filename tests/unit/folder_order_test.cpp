#include "qf/rights/folder_order.h"

#include <gtest/gtest.h>

namespace qf {
namespace {

TEST(FolderOrder, TakesNoNoteOfHowAFolderIsWritten) {
  for (const char* folder : {"/logs/bo", "/logs/bo/", "/logs/./bo//", "/logs/al/../bo/", "/", "/logs/"})
    EXPECT_TRUE(is_below("/logs/bo/session.jsonl", folder)) << folder;
  for (const char* folder : {"/logs/b", "/logs/bo/session.jsonl/x", "/logs/al/", "/logs/bo/../al"})
    EXPECT_FALSE(is_below("/logs/bo/session.jsonl", folder)) << folder;
  EXPECT_TRUE(is_below("/logs/bo", "/logs/bo/"));
  EXPECT_TRUE(is_below("bo/x", "bo/"));
}

}  // namespace
}  // namespace qf

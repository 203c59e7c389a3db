// All logs of one project as one stream of events, and from there as rows.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "qf/core/state_io.h"
#include "qf/ingest/decoder.h"
#include "qf/ingest/project.h"
#include "qf/ingest/question_book.h"
#include "qf/ingest/transform.h"

namespace qf {

// One log as it was read, for the manifest and the build's identity.
struct InputFacts {
  std::string relative;  // for messages and private state only
  std::string sha256;    // of the decompressed bytes up to the last LF
  std::uint64_t bytes = 0;
  std::uint64_t lines = 0;
  bool pending = false;   // more followed the last LF
  std::uint32_t log = 0;  // its place in Project::logs; places on the disk are no names, since roots may hold the same
};

struct ReadOptions {
  TransformOptions transform;
  EventTag tag;
  std::atomic<std::uint64_t>* progress_bytes = nullptr;  // bytes taken from the disk, added up as they come
  // Threads that decode chunks of a log ahead of the one that links them: for a project that would else keep one thread
  // busy while others have nothing to do.
  unsigned decode_ahead = 0;
  // Both may be null. `resume` is what an earlier reading of these logs saved: only what was added since is read, as if
  // all had been read in one. `save` gets the same of this reading.
  ByteFeed* resume = nullptr;
  ByteSink* save = nullptr;
};

struct ProjectReading {
  ProjectFacts rows;
  DecodeFacts facts;
  std::vector<InputFacts> inputs;
  std::vector<QuestionFileFacts> question_files;
  std::vector<SkippedInput> skipped;
  bool saved = false;  // whether a later reading can go on where this one ends
};

// Reads a project and hands its rows to `sink`. Files keep the order of their lines; between files the time decides. A
// file that fails in the middle is reported in `skipped` and what came before stands. An error is the sink's, or a full
// disk's; kStaleStaging where it cannot go on after an earlier reading, since what is new belongs between lines that
// were read then.
Result<ProjectReading> read_project(const Project& project, const ReadOptions& options, RowSink& sink);

}  // namespace qf

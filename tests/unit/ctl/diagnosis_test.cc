// SPDX-License-Identifier: Apache-2.0

#include "ctl/diagnosis.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace memmon::ctl {
namespace {

class Diagnoses : public testing::Test {
 protected:
  Diagnoses() {
    status_.mutable_source()->set_state(v1::SourceStatus::STATE_LIVE);
    status_.mutable_totals()->mutable_capture_start_time()->set_seconds(1);
    status_.mutable_database()->set_state(v1::DatabaseStatus::STATE_CONNECTED);
  }
  Diagnosis Look() const { return Diagnose(status_, Messages(Language::kEnglish)); }
  Problem TheProblem() const {
    const Diagnosis diagnosis = Look();
    EXPECT_EQ(diagnosis.problems.size(), 1u);
    return diagnosis.problems.empty() ? Problem{} : diagnosis.problems.front();
  }

  v1::GetStatusResponse status_;
};

TEST_F(Diagnoses, AllIsWell) {
  const Diagnosis diagnosis = Look();
  EXPECT_TRUE(diagnosis.complete);
  EXPECT_TRUE(diagnosis.problems.empty());
  EXPECT_TRUE(diagnosis.notes.empty());
}

TEST_F(Diagnoses, SaysWhatToTypeForTheModule) {
  status_.mutable_totals()->clear_capture_start_time();
  status_.mutable_source()->set_state(v1::SourceStatus::STATE_WAITING);
  status_.mutable_source()->set_problem(
      "/dev/memmon is not there: the module is not loaded. Type: sudo modprobe memmon");
  EXPECT_EQ(TheProblem().what,
            "memmond waits for the module: /dev/memmon is not there: the module is not loaded");
  EXPECT_EQ(TheProblem().cure, "sudo modprobe memmon");
  EXPECT_FALSE(Look().complete);
  EXPECT_FALSE(Look().capturing);
}

TEST_F(Diagnoses, CountsALossOnce) {
  status_.mutable_totals()->set_lost_count(12);
  status_.add_cpus()->set_lost_count(12);
  EXPECT_EQ(Look().lost, 12u);
  EXPECT_FALSE(Look().complete);
  EXPECT_EQ(TheProblem().what, "12 records were lost");
}

TEST_F(Diagnoses, AMissedProbeIsNotComplete) {
  status_.mutable_service()->set_missed_count(1);
  EXPECT_FALSE(Look().complete);
  EXPECT_NE(TheProblem().cure.find("/proc/memmon"), std::string::npos);
}

TEST_F(Diagnoses, ADatabaseThatIsDownSaysWhatWaits) {
  status_.mutable_database()->set_state(v1::DatabaseStatus::STATE_DOWN);
  status_.mutable_database()->set_problem("connection refused");
  v1::HopCounters* store = status_.add_hops();
  store->set_name("store");
  store->set_waiting_count(500);
  store->set_capacity_count(2'000);
  EXPECT_NE(TheProblem().what.find("connection refused"), std::string::npos);
  EXPECT_NE(TheProblem().cure.find("postgresql"), std::string::npos);
  ASSERT_EQ(Look().notes.size(), 1u);
  EXPECT_NE(Look().notes[0].find("500"), std::string::npos);
  EXPECT_TRUE(Look().complete);
}

TEST_F(Diagnoses, CausesAreToldInTheLanguageWithMemmondsWordsBehind) {
  v1::DatabaseStatus* database = status_.mutable_database();
  database->set_state(v1::DatabaseStatus::STATE_DOWN);
  database->set_problem("password authentication failed");
  database->add_causes(v1::DatabaseStatus::CAUSE_REFUSED);
  database->add_causes(v1::DatabaseStatus::CAUSE_SPOOL_FULL);
  const Diagnosis diagnosis = Diagnose(status_, Messages(Language::kSpanish));
  ASSERT_EQ(diagnosis.problems.size(), 2u);
  EXPECT_EQ(
      diagnosis.problems[0].what,
      "el servidor de la base de datos no deja entrar a memmond; lo que se ve en directo sigue: "
      "password authentication failed");
  EXPECT_NE(diagnosis.problems[0].cure.find("pg_hba.conf del servidor"), std::string::npos);
  EXPECT_EQ(diagnosis.problems[1].what, "la cola en disco no admite más eventos");
}

TEST_F(Diagnoses, WhereADatabaseLetsNobodyInTheCureIsItsOwn) {
  v1::DatabaseStatus* database = status_.mutable_database();
  database->set_state(v1::DatabaseStatus::STATE_DOWN);
  database->add_causes(v1::DatabaseStatus::CAUSE_CLOSED);
  EXPECT_NE(TheProblem().what.find("takes no connections"), std::string::npos);
  EXPECT_NE(TheProblem().cure.find("ALLOW_CONNECTIONS"), std::string::npos);
  const Diagnosis spanish = Diagnose(status_, Messages(Language::kSpanish));
  ASSERT_EQ(spanish.problems.size(), 1u);
  EXPECT_NE(spanish.problems[0].what.find("no admite conexiones"), std::string::npos);
  EXPECT_NE(spanish.problems[0].cure.find("o nombre otra"), std::string::npos);
}

TEST_F(Diagnoses, EveryCauseHasWordsOfItsOwn) {
  v1::DatabaseStatus* database = status_.mutable_database();
  database->set_problem("words");
  std::set<std::string> words;
  const auto* causes = v1::DatabaseStatus::Cause_descriptor();
  for (int i = 0; i < causes->value_count(); ++i) {
    database->clear_causes();
    database->add_causes(static_cast<v1::DatabaseStatus::Cause>(causes->value(i)->number()));
    words.insert(TheProblem().what);
  }
  EXPECT_EQ(words.size(), static_cast<size_t>(causes->value_count()));
  // A newer memmond's.
  database->clear_causes();
  database->add_causes(static_cast<v1::DatabaseStatus::Cause>(99));
  EXPECT_NE(TheProblem().what.find("words"), std::string::npos);
}

TEST_F(Diagnoses, AnUnwritableSpoolIsAProblemAlsoWhileConnected) {
  status_.mutable_database()->set_problem("cannot write");
  status_.mutable_database()->add_causes(v1::DatabaseStatus::CAUSE_SPOOL_UNWRITABLE);
  EXPECT_NE(TheProblem().what.find("cannot write"), std::string::npos);
  EXPECT_NE(TheProblem().cure.find("--spool-dir"), std::string::npos);
}

TEST_F(Diagnoses, TheSourceIsToldInTheLanguageToo) {
  status_.mutable_source()->set_state(v1::SourceStatus::STATE_WAITING);
  status_.mutable_source()->set_cause(v1::SourceStatus::CAUSE_BUSY);
  status_.mutable_source()->set_problem("another program reads it");
  const Diagnosis diagnosis = Diagnose(status_, Messages(Language::kSpanish));
  ASSERT_EQ(diagnosis.problems.size(), 1u);
  EXPECT_EQ(diagnosis.problems[0].what,
            "otro programa lee el dispositivo del módulo: another program reads it");
}

TEST_F(Diagnoses, AStoreThatFallsBehindIsAProblem) {
  v1::HopCounters* store = status_.add_hops();
  store->set_name("store");
  store->set_waiting_count(1'500);
  store->set_capacity_count(2'000);
  EXPECT_NE(TheProblem().what.find("1,500"), std::string::npos);
}

TEST_F(Diagnoses, ProcessesThatHaveNoRoomAreAProblem) {
  status_.mutable_totals()->set_untracked_count(1'200);
  status_.mutable_service()->set_memory_limit_bytes(1 << 30);
  EXPECT_NE(TheProblem().what.find("1,200"), std::string::npos);
  EXPECT_NE(TheProblem().cure.find("(--memory 2G); it has 1.0 GiB"), std::string::npos);
  status_.mutable_service()->set_memory_limit_bytes(uint64_t{3} << 30);
  EXPECT_NE(TheProblem().cure.find("(--memory 8G); it has 3.0 GiB"), std::string::npos);
}

TEST_F(Diagnoses, NoDatabaseAndAnEndedRecordingAreNotes) {
  status_.mutable_source()->set_state(v1::SourceStatus::STATE_ENDED);
  status_.mutable_database()->set_state(v1::DatabaseStatus::STATE_OFF);
  EXPECT_TRUE(Look().problems.empty());
  EXPECT_EQ(Look().notes.size(), 2u);
}

TEST_F(Diagnoses, WhatIsNotCoveredIsNamed) {
  status_.mutable_source()->add_not_covered("stack");
  EXPECT_NE(TheProblem().what.find("stack"), std::string::npos);
}

TEST_F(Diagnoses, TheServersWordsCannotCommandATerminal) {
  status_.mutable_source()->set_state(v1::SourceStatus::STATE_FAILED);
  status_.mutable_source()->set_problem("bad\033[2J");
  EXPECT_EQ(TheProblem().what.find('\033'), std::string::npos);
}

}  // namespace
}  // namespace memmon::ctl

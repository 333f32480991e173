// SPDX-License-Identifier: Apache-2.0

#include "processes/address_space.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "processes/procfs.h"

namespace memmon::processes {
namespace {

constexpr char kMaps[] =
    "55d0c0000000-55d0c0002000 r--p 00000000 08:01 131 /usr/bin/some program\n"
    "55d0c0002000-55d0c0003000 r-xp 00002000 08:01 131 /usr/bin/some program\n"
    "55d0c1000000-55d0c1021000 rw-p 00000000 00:00 0 [heap]\n"
    "7f0000000000-7f0000021000 rw-p 00000000 00:00 0 \n"
    "7f0000021000-7f0004000000 ---p 00000000 00:00 0 \n"
    "7f0004000000-7f0004010000 rw-p 00000000 00:00 0 [anon:my pool]\n"
    "7f0005000000-7f0005001000 rw-s 00000000 00:01 4 /memfd:wayland (deleted)\n"
    "7f0005001000-7f0005003000 rw-s 00000000 00:01 1 /dev/zero (deleted)\n"
    "7f0005003000-7f0005004000 rw-s 00000000 00:01 9 /SYSV00000000 (deleted)\n"
    "7f0005010000-7f0005011000 rw-s 00000000 00:0e 7 anon_inode:[perf_event]\n"
    "7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0 [stack]\n"
    "7ffd00100000-7ffd00101000 r-xp 00000000 00:00 0 [vdso]\n"
    "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]\n";

constexpr char kStatus[] =
    "Name:\tsome\nVmPeak:\t  999 kB\nVmSize:\t  1000 kB\nRssAnon:\t 40 kB\nRssFile:\t 30 kB\n"
    "RssShmem:\t 20 kB\nVmData:\t  500 kB\nVmStk:\t 132 kB\nVmExe:\t 60 kB\nVmLib:\t 200 kB\n"
    "VmPTE:\t 44 kB\nVmSwap:\t 7 kB\n";

AddressSpace Read(std::string_view maps, size_t piece_bytes = std::string::npos) {
  MapsReader reader;
  for (size_t at = 0; at < maps.size(); at += std::min(piece_bytes, maps.size())) {
    reader.Add(maps.substr(at, piece_bytes));
  }
  return std::move(reader).Take();
}

std::string Text(const AddressSpace& space) {
  std::string text;
  for (const Region& region : space.regions) {
    absl::StrAppend(&text, static_cast<int>(region.kind), " ", region.name, " ",
                    region.size_bytes / 1'024, " ", region.mapping_count, "\n");
  }
  return text;
}

uint64_t Sum(const AddressSpace& space) {
  uint64_t sum = 0;
  for (const Region& region : space.regions) sum += region.size_bytes;
  return sum;
}

TEST(AddressSpaceTest, SortsMappingsByKindAndName) {
  EXPECT_EQ(Text(Read(kMaps)),
            "4  65404 1\n"
            "1  132 1\n"
            "2  132 1\n"
            "3  132 1\n"
            "3 my pool 64 1\n"
            "5 /usr/bin/some program 12 2\n"
            "6 /dev/zero (deleted) 8 1\n"
            "6 /SYSV00000000 (deleted) 4 1\n"
            "6 /memfd:wayland (deleted) 4 1\n"
            "7 [vdso] 4 1\n"
            "7 anon_inode:[perf_event] 4 1\n");
}

TEST(AddressSpaceTest, PiecesOfAnyLengthAreTheSame) {
  const std::string whole = Text(Read(kMaps));
  for (size_t piece : {1, 2, 7, 64, 100}) EXPECT_EQ(Text(Read(kMaps, piece)), whole) << piece;
}

TEST(AddressSpaceTest, WhatIsNoMappingIsLeftOut) {
  EXPECT_TRUE(Read("nonsense\n\n12-zz rw-p 0 0 0 \n5-4 rw-p 0 0 0 \n-\n").regions.empty());
}

TEST(AddressSpaceTest, ManyNamesAreAddedUp) {
  // More than are told one by one; and more than are even kept.
  for (const size_t names : {100, 5'000}) {
    std::string maps;
    for (size_t i = 0; i < names; ++i) absl::StrAppend(&maps, "1000-2000 r--p 0 0:0 1 /", i, "\n");
    const AddressSpace space = Read(maps);
    EXPECT_LE(space.regions.size(), kMaxRegions + 1);
    EXPECT_GE(space.regions.size(), kMaxRegions);
    EXPECT_EQ(space.regions[0].name, "");
    EXPECT_EQ(space.regions[0].mapping_count, names - (space.regions.size() - 1));
    EXPECT_EQ(Sum(space), names * 4'096);
    EXPECT_EQ(space.virtual_size_bytes, Sum(space));
  }
}

TEST(AddressSpaceTest, NamesAreCutAndCleaned) {
  const AddressSpace space =
      Read(absl::StrCat("1000-2000 r--p 0 0:0 1 /\xff", std::string(300, 'x'), "\n"));
  EXPECT_EQ(space.regions.at(0).name, absl::StrCat("/?", std::string(254, 'x')));
}

TEST(AddressSpaceTest, WithoutMappingsTheSumsMakeACoarseMap) {
  AddressSpace space;
  ASSERT_TRUE(AddStatus(kStatus, &space));
  EXPECT_TRUE(space.coarse);
  EXPECT_EQ(Text(space), "9  500 0\n8  260 0\n2  132 0\n10  108 0\n");
  EXPECT_EQ(space.virtual_size_bytes, 1'000u * 1'024);
  EXPECT_EQ(Sum(space), space.virtual_size_bytes);
}

TEST(AddressSpaceTest, TellsWhatIsInRam) {
  AddressSpace space = Read(kMaps);
  ASSERT_TRUE(AddStatus(kStatus, &space));
  EXPECT_FALSE(space.coarse);
  EXPECT_EQ(space.resident_anonymous_bytes, 40u * 1'024);
  EXPECT_EQ(space.resident_file_bytes, 30u * 1'024);
  EXPECT_EQ(space.resident_shared_bytes, 20u * 1'024);
  EXPECT_EQ(space.swapped_bytes, 7u * 1'024);
  EXPECT_FALSE(AddStatus("Name:\tkthreadd\nThreads:\t1\n", &space));
}

// The kernel's own word on this process, which maps a little of each kind.
TEST(AddressSpaceTest, AddsUpToTheVirtualSize) {
  constexpr size_t kBytes = 3 << 20;
  void* const anonymous =
      mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  void* const reserved = mmap(nullptr, kBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  void* const shared =
      mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  const model::ProcessKey self{static_cast<uint32_t>(getpid()), 0};
  ProcFs procfs;
  const auto space = procfs.ReadAddressSpace(self);
  ASSERT_TRUE(space.ok()) << space.status();
  uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const uint64_t size = pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  // What reading took itself may have grown the heap.
  EXPECT_NEAR(static_cast<double>(space->virtual_size_bytes), static_cast<double>(size), 1 << 18);
  EXPECT_EQ(Sum(*space), space->virtual_size_bytes);
  for (RegionKind kind : {RegionKind::kAnonymous, RegionKind::kReserved, RegionKind::kShared}) {
    uint64_t bytes = 0;
    for (const Region& region : space->regions)
      bytes += region.kind == kind ? region.size_bytes : 0;
    EXPECT_GE(bytes, kBytes) << static_cast<int>(kind);
  }
  EXPECT_GT(space->resident_anonymous_bytes, 0u);
  for (void* mapping : {anonymous, reserved, shared}) munmap(mapping, kBytes);
  EXPECT_EQ(procfs.ReadAddressSpace({self.tgid, 1}).status().code(), absl::StatusCode::kNotFound);
}

TEST(AddressSpaceTest, WhereMappingsMayNotBeReadItIsCoarse) {
  std::string root = (std::filesystem::temp_directory_path() / "memmonXXXXXX").string();
  root = mkdtemp(root.data());
  std::filesystem::create_directory(root + "/7");
  std::ofstream(root + "/7/stat") << "7 (some) S 1 7 7 0 -1 0 1 2 3 4 5 6 7 8 20 0 1 0 500 999\n";
  // Groups stand before the sizes, and may be many.
  std::ofstream(root + "/7/status") << "Groups:\t" << std::string(10'000, '1') << "\n" << kStatus;
  ProcFs procfs(root);
  const auto space = procfs.ReadAddressSpace({7, 0});
  ASSERT_TRUE(space.ok()) << space.status();
  EXPECT_TRUE(space->coarse);
  EXPECT_EQ(Sum(*space), 1'000u * 1'024);
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace memmon::processes

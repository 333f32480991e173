# Turns sql/migrations/NNNN_name.{up,down}.sql into a C++ source, so that
# memmond needs no file at run time. Run as:
#   cmake -D INPUT=<folder> -D OUTPUT=<file.cc> -P embed_migrations.cmake
# The checksum is of both directions: what is applied must not change after it
# was released.

file(GLOB ups RELATIVE ${INPUT} ${INPUT}/*.up.sql)
list(SORT ups)
set(expected 1)
set(entries "")
foreach(up IN LISTS ups)
  if(NOT up MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)\\.up\\.sql$")
    message(FATAL_ERROR "${up}: a migration is called NNNN_name.up.sql")
  endif()
  set(name ${CMAKE_MATCH_2})
  string(REGEX REPLACE "^0+" "" version ${CMAKE_MATCH_1})
  if(NOT version EQUAL expected)
    message(FATAL_ERROR "${up}: number ${expected} was expected; they have no holes")
  endif()
  math(EXPR expected "${expected} + 1")
  string(REPLACE ".up.sql" ".down.sql" down ${up})
  file(READ ${INPUT}/${up} up_sql)
  file(READ ${INPUT}/${down} down_sql)
  string(SHA256 checksum "${up_sql}\n--down--\n${down_sql}")
  string(APPEND entries
    "    {${version}, \"${name}\",\n     \"${checksum}\",\n"
    "     R\"memmonsql(${up_sql})memmonsql\",\n     R\"memmonsql(${down_sql})memmonsql\"},\n")
endforeach()
file(WRITE ${OUTPUT}
"// Made by embed_migrations.cmake from sql/migrations.
#include \"store/migrations.h\"

namespace memmon::store {

const std::vector<Migration>& EmbeddedMigrations() {
  static const auto* const migrations = new std::vector<Migration>{
${entries}  };
  return *migrations;
}

}  // namespace memmon::store
")

# Installs the program, the library with its headers, and the package that a consumer finds.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(QF_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/qf_dataset)

set_target_properties(qf-dataset PROPERTIES INSTALL_RPATH "${CMAKE_INSTALL_RPATH}")
install(TARGETS qf-dataset RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS qf_dataset EXPORT qf_dataset ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT qf_dataset NAMESPACE qf_dataset:: DESTINATION ${QF_PACKAGE_DIR} FILE qf_dataset-targets.cmake)

# Headers that show simdjson or Arrow are for our own sources. tests/architecture sees to it that no
# other header includes one of these.
set(QF_PRIVATE_HEADERS
  ingest/bodies.h ingest/body_view.h ingest/envelope.h
  output/arrow_columns.h output/arrow_schema.h)
file(GLOB_RECURSE QF_HEADERS CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/src/qf src/qf/*.h)
list(FILTER QF_HEADERS EXCLUDE REGEX "^cli/")
list(REMOVE_ITEM QF_HEADERS ${QF_PRIVATE_HEADERS})
foreach(header IN LISTS QF_HEADERS)
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES src/qf/${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/qf/${folder})
endforeach()

configure_package_config_file(cmake/qf_dataset-config.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/qf_dataset-config.cmake INSTALL_DESTINATION ${QF_PACKAGE_DIR})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/qf_dataset-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  cmake/find_dependencies.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/qf_dataset-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/qf_dataset-config-version.cmake
  DESTINATION ${QF_PACKAGE_DIR})

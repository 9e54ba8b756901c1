# Suites that need more than one root, one line each.
kmaas_test(contract/store LINKS kmaas_storage)
kmaas_test(contract/engine LINKS kmaas_hsm TIMEOUT 300)
kmaas_test(contract/audit LINKS kmaas_audit)
kmaas_test(component/hsm LINKS kmaas_hsm TIMEOUT 300)
kmaas_test(component/storage LINKS kmaas_storage)
kmaas_test(api LINKS kmaas_operations TIMEOUT 300)
# The published vectors are JSON.
if(TARGET unit_crypto)
  target_link_libraries(unit_crypto PRIVATE simdjson::simdjson)
endif()
if(KMAAS_BENCH)
  add_subdirectory(bench)
endif()

# The real binaries with real clients. Each script starts servers of its own.
function(kmaas_script_test name script timeout)
  add_test(NAME ${name} COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/${script})
  string(REGEX MATCH "^[a-z0-9]+" label ${name})
  set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT ${timeout} ENVIRONMENT
                       "KMAAS_BUILD=${CMAKE_BINARY_DIR};PYTHONDONTWRITEBYTECODE=1")
endfunction()
kmaas_script_test(api_golden_cases api/golden_cases.py 300)
kmaas_script_test(e2e_aws_cli e2e/aws_cli_test.py 300)
kmaas_script_test(e2e_sdk e2e/sdk_test.py 300)
kmaas_script_test(e2e_hostile_http e2e/hostile_http_test.py 300)
kmaas_script_test(e2e_canary e2e/canary_test.py 300)
kmaas_script_test(e2e_crash e2e/crash_test.py 900)

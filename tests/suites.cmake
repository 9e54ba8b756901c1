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

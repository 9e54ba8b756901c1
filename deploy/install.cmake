# cmake --install build [--prefix DIR]: programs, manual pages, completion, the example of a configuration,
# reference policies, systemd units.
# What the programs print (completion) is made when it is installed, by the programs that are installed.
include(GNUInstallDirs)

if(TARGET kmaas AND TARGET kmaasd)
  install(TARGETS kmaas RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(TARGETS kmaasd RUNTIME DESTINATION ${CMAKE_INSTALL_SBINDIR})

  set(completion ${CMAKE_BINARY_DIR}/completion)
  install(CODE "
    file(MAKE_DIRECTORY \"${completion}\")
    foreach(shell bash zsh fish)
      execute_process(COMMAND \"$<TARGET_FILE:kmaas>\" completion \${shell}
                      OUTPUT_FILE \"${completion}/\${shell}\" COMMAND_ERROR_IS_FATAL ANY)
    endforeach()")
  install(FILES ${completion}/bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME kmaas)
  install(FILES ${completion}/zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions RENAME _kmaas)
  install(FILES ${completion}/fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME kmaas.fish)
endif()

install(FILES docs/man/kmaas.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES docs/man/kmaas.yaml.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(FILES docs/man/kmaasd.8 DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
# An example: the configuration itself is the operator's.
install(FILES config/kmaas.yaml LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
# For `aws iam` and `aws kms`; the server does not read them.
install(DIRECTORY config/policies DESTINATION ${CMAKE_INSTALL_DATADIR}/kmaas)
# To begin with: an organisation edits and signs its own.
install(FILES config/classes.yaml config/people.yaml DESTINATION ${CMAKE_INSTALL_DATADIR}/kmaas)
# For Prometheus and Grafana.
install(DIRECTORY deploy/prometheus deploy/grafana DESTINATION ${CMAKE_INSTALL_DATADIR}/kmaas)

# systemd reads units below /usr/lib, /usr/local/lib and /etc, so lib is right with every usual prefix. The unit names the
# program where it is installed.
install(CODE "
  file(READ \"${PROJECT_SOURCE_DIR}/deploy/systemd/kmaasd.service\" unit)
  string(REPLACE \"=/usr/local/sbin/\" \"=\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_SBINDIR}/\" unit \"\${unit}\")
  string(REPLACE \"=/usr/local/bin/\" \"=\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/\" unit \"\${unit}\")
  file(WRITE \"${CMAKE_BINARY_DIR}/kmaasd.service\" \"\${unit}\")")
install(FILES ${CMAKE_BINARY_DIR}/kmaasd.service deploy/systemd/kmaasd.socket DESTINATION lib/systemd/system)
install(FILES deploy/systemd/kmaas.sysusers DESTINATION lib/sysusers.d RENAME kmaas.conf)

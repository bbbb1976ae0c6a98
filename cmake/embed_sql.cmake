# pedigree_embed_sql(NAME lineage OUTPUT variable NAMESPACE pedigree::lineage [FOLDER migrations])
# turns the numbered files of a folder (0001_name.sql, ...) into a generated .cpp that defines
# `store::MigrationSet migrations()` of that namespace; its path is put into `variable`. The program
# then carries its schema with it, byte for byte. The folder's own migrations.h declares the function.

set(PEDIGREE_EMBED_SQL_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/embed_sql_script.cmake)

function(pedigree_embed_sql)
    cmake_parse_arguments(SQL "" "NAME;OUTPUT;NAMESPACE;FOLDER" "" ${ARGN})
    if(NOT SQL_FOLDER)
        set(SQL_FOLDER migrations)
    endif()
    file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${SQL_FOLDER}/[0-9]*.sql)
    set(generated ${CMAKE_CURRENT_BINARY_DIR}/${SQL_NAME}_migrations.cpp)
    string(REPLACE ";" "|" joined "${files}")
    add_custom_command(OUTPUT ${generated}
        COMMAND ${CMAKE_COMMAND} -DNAME=${SQL_NAME} -DNAMESPACE=${SQL_NAMESPACE}
            "-DFILES=${joined}" -DOUTPUT=${generated} -P ${PEDIGREE_EMBED_SQL_SCRIPT}
        DEPENDS ${files} ${PEDIGREE_EMBED_SQL_SCRIPT}
        COMMENT "Embedding the ${SQL_NAME} migrations"
        VERBATIM)
    set(${SQL_OUTPUT} ${generated} PARENT_SCOPE)
endfunction()

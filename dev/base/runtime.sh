# What pedigree's programs need of Debian at run time. Sourced.
RUNTIME_PACKAGES=(ca-certificates git libarchive13 libboost-filesystem1.81.0 libboost-program-options1.81.0
    libboost-thread1.81.0 libcurl4 libexpat1 libfmt9 libgit2-1.5 libpq5
    libprometheus-cpp-core1.0 libseccomp2 libspdlog1.10 libssl3 libyaml-cpp0.7 libzstd1
    openssh-client zlib1g)

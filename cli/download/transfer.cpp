#include "cli/download/transfer.h"

#include <algorithm>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/pause.h"
#include "cli/experiment/patience.h"

namespace pedigree::cli {

namespace {

constexpr std::chrono::milliseconds ask_again{1000};
constexpr std::chrono::seconds progress_period{2};
constexpr std::size_t in_the_way_named_max = 10;

// "12.5 of 104.2 MiB (11%)  variables/weights", now and then.
class ProgressLines {
  public:
    ProgressLines(std::int64_t total, const Cluster& cluster, Terminal& terminal)
        : total_(total), cluster_(cluster), terminal_(terminal), said_at_(cluster.clock.now()) {}

    void add(std::int64_t bytes, const std::string& path) {
        done_ += bytes;
        const Instant now = cluster_.clock.now();
        if (!terminal_.err_interactive || total_ == 0 || now - said_at_ < progress_period) {
            return;
        }
        said_at_ = now;
        constexpr double mebi = 1024 * 1024;
        terminal_.err << fmt::format("{:.1f} of {:.1f} MiB ({}%)  {}\n",
                                     static_cast<double>(done_) / mebi,
                                     static_cast<double>(total_) / mebi,
                                     static_cast<std::int64_t>(100.0 * static_cast<double>(done_) /
                                                               static_cast<double>(total_)),
                                     printable(path))
                      << std::flush;
    }

  private:
    std::int64_t total_, done_ = 0;
    const Cluster& cluster_;
    Terminal& terminal_;
    Instant said_at_;
};

class Transfer {
  public:
    Transfer(const RemoteManifest& manifest, const DownloadFolder& folder, Replace replace,
             const Cluster& cluster, Terminal& terminal)
        : manifest_(manifest), folder_(folder), replace_(replace), cluster_(cluster),
          patience_(cluster, terminal), progress_(bytes_of(manifest), cluster, terminal) {}

    Result<std::vector<Arrived>> run() {
        TRY(std::vector<Arrived> files, looked_at());
        for (std::size_t i = 0; i < files.size(); ++i) {
            if (files[i].written) {
                TRY(fetch(manifest_.files[i]));
            } else {
                progress_.add(files[i].file.bytes, files[i].file.path);
            }
        }
        folder_.finish();
        return files;
    }

  private:
    static std::int64_t bytes_of(const RemoteManifest& manifest) {
        std::int64_t bytes = 0;
        for (const RemoteFile& one : manifest.files) {
            bytes += one.file.bytes;
        }
        return bytes;
    }

    // What is to be written, before any of it is.
    Result<std::vector<Arrived>> looked_at() const {
        std::vector<Arrived> files;
        std::vector<std::string> in_the_way;
        for (const RemoteFile& one : manifest_.files) {
            TRY(const Present present, folder_.look(one.file));
            files.push_back({one.file, present != Present::Same});
            if (present == Present::Other && replace_ == Replace::No) {
                in_the_way.push_back(one.file.path);
            }
        }
        if (in_the_way.empty()) {
            return files;
        }
        const std::size_t count = in_the_way.size();
        in_the_way.resize(std::min(count, in_the_way_named_max));
        return failure(
            ErrorCode::AlreadyExists,
            fmt::format("{} has other files of these names: {}{}; --force replaces them, "
                        "-o FOLDER writes elsewhere",
                        folder_.name(), fmt::join(in_the_way, ", "),
                        count > in_the_way_named_max ? " ..." : ""));
    }

    Status fetch(const RemoteFile& one) {
        TRY(Part part, folder_.part(one.file));
        const bool resumed = part.bytes() > 0;
        progress_.add(part.bytes(), one.file.path);
        TRY(fill(part, one));
        Status settled = folder_.settle(part, one.file, replace_);
        if (settled || !resumed || settled.error().code != ErrorCode::Corrupt) {
            return settled;
        }
        // What was kept of an earlier download may be what is wrong: once more, from nothing.
        TRY(Part fresh, folder_.part(one.file));
        progress_.add(-one.file.bytes, one.file.path);
        TRY(fill(fresh, one));
        return folder_.settle(fresh, one.file, replace_);
    }

    Status fill(Part& part, const RemoteFile& one) {
        while (part.bytes() < one.file.bytes) {
            const std::int64_t before = part.bytes();
            const Status status = cluster_.stream(
                bytes_path(cluster_, manifest_.object, one, before),
                [&](std::string_view bytes) { return take(bytes, part, one.file); }, cluster_.stop);
            const bool moved = part.bytes() > before;
            if (status || moved) {
                patience_.answered();
            }
            if (!status && !(moved && status.error().retryable())) {
                TRY(bear(status.error(), one.file));
            } else if (!moved) {
                return failure(ErrorCode::Corrupt,
                               fmt::format("the artifact store has {} of the {} bytes of {} that "
                                           "the record names",
                                           before, one.file.bytes, one.file.path));
            }
        }
        return {};
    }

    Status take(std::string_view bytes, Part& part, const artifacts::ManifestFile& file) {
        const auto count = static_cast<std::int64_t>(bytes.size());
        if (part.bytes() + count > file.bytes) {
            return failure(
                ErrorCode::Corrupt,
                fmt::format("{} has more bytes than the record names, {}", file.path, file.bytes));
        }
        TRY(part.append(bytes));
        progress_.add(count, file.path);
        return {};
    }

    // Ok: ask again.
    Status bear(const Error& error, const artifacts::ManifestFile& file) {
        const bool stopped = cluster_.stop.stop_requested();
        const Status borne = stopped ? Status() : patience_.bear(error);
        if (stopped || (borne && !pause_for(ask_again, cluster_.stop))) {
            return failure(ErrorCode::Cancelled, "interrupted; what has come is kept, and the same "
                                                 "command goes on from there");
        }
        return borne ? Status() : tl::unexpected(Error(borne.error()).within(file.path));
    }

    const RemoteManifest& manifest_;
    const DownloadFolder& folder_;
    const Replace replace_;
    const Cluster& cluster_;
    Patience patience_;
    ProgressLines progress_;
};

} // namespace

Result<std::vector<Arrived>> download_files(const RemoteManifest& manifest,
                                            const DownloadFolder& folder, Replace replace,
                                            const Cluster& cluster, Terminal& terminal) {
    return Transfer(manifest, folder, replace, cluster, terminal).run();
}

} // namespace pedigree::cli

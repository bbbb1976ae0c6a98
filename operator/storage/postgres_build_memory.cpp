#include "operator/storage/postgres_build_memory.h"

namespace pedigree::control {

Result<BuildMemory::Layers> PostgresBuildMemory::known_layers(const std::string& repository,
                                                              const std::string& tree) {
    TRY(auto transaction, pool_.begin({.access = store::Access::ReadOnly}));
    TRY(const auto rows,
        transaction.query(
            "SELECT key, digest, diff_id, bytes, toc_digest FROM image_layer "
            "WHERE repository = $1 AND (key NOT LIKE 'code:%' OR key LIKE 'code:%:' || $2)",
            {repository, tree}));
    TRY(auto tuples, (rows.as<std::string, std::string, std::string, std::int64_t, std::string>()));
    Layers layers;
    for (auto& [key, digest, diff_id, bytes, toc_digest] : tuples) {
        layers[key] = {digest, diff_id, bytes, toc_digest};
    }
    return layers;
}

Status PostgresBuildMemory::remember_layers(const std::string& repository, const Layers& layers) {
    TRY(auto transaction, pool_.begin({.epoch = epoch_}));
    for (const auto& [key, layer] : layers) {
        TRY(transaction.execute(
            "INSERT INTO image_layer (repository, key, digest, diff_id, bytes, toc_digest) "
            "VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT (repository, key) DO UPDATE SET "
            "digest = excluded.digest, diff_id = excluded.diff_id, "
            "bytes = excluded.bytes, toc_digest = excluded.toc_digest",
            {repository, key, layer.digest, layer.diff_id, layer.bytes, layer.toc_digest}));
    }
    return transaction.commit();
}

Result<std::string> PostgresBuildMemory::base_inventory(const std::string& name_space,
                                                        const std::string& base) {
    TRY(auto transaction, pool_.begin({.access = store::Access::ReadOnly}));
    TRY(const auto rows,
        transaction.query("SELECT inventory FROM base_inventory WHERE namespace = $1 AND base = $2",
                          {name_space, base}));
    TRY(const auto found, rows.at_most_one<std::string>());
    return found ? std::get<0>(*found) : std::string();
}

Status PostgresBuildMemory::remember_base_inventory(const std::string& name_space,
                                                    const std::string& base,
                                                    const std::string& inventory) {
    TRY(auto transaction, pool_.begin({.epoch = epoch_}));
    TRY(transaction.execute(
        "INSERT INTO base_inventory (namespace, base, inventory) VALUES ($1, $2, $3) "
        "ON CONFLICT (namespace, base) DO UPDATE SET inventory = excluded.inventory "
        "WHERE base_inventory.inventory::json->>'version' <> "
        "excluded.inventory::json->>'version'",
        {name_space, base, inventory}));
    return transaction.commit();
}

Result<std::string> PostgresBuildMemory::wheel_plan(const WheelPlanPlace& place) {
    TRY(auto transaction, pool_.begin({.access = store::Access::ReadOnly}));
    TRY(const auto rows,
        transaction.query(
            "SELECT plan FROM wheel_plan WHERE repository = $1 AND base = $2 AND lock = $3 "
            "AND layer_form = $4",
            {place.repository, place.base, place.lock, place.layer_form}));
    TRY(const auto found, rows.at_most_one<std::string>());
    return found ? std::get<0>(*found) : std::string();
}

Status PostgresBuildMemory::remember_wheel_plan(const WheelPlanPlace& place,
                                                const std::string& plan) {
    TRY(auto transaction, pool_.begin({.epoch = epoch_}));
    TRY(transaction.execute("INSERT INTO wheel_plan (repository, base, lock, layer_form, plan) "
                            "VALUES ($1,$2,$3,$4,$5) "
                            "ON CONFLICT (repository, base, lock, layer_form) DO UPDATE "
                            "SET plan = excluded.plan WHERE wheel_plan.plan <> excluded.plan",
                            {place.repository, place.base, place.lock, place.layer_form, plan}));
    return transaction.commit();
}

Result<BuildMemory::Wheels> PostgresBuildMemory::derived_wheels(const DerivedWheelPlace& place) {
    TRY(auto transaction, pool_.begin({.access = store::Access::ReadOnly}));
    TRY(const auto rows,
        transaction.query(
            "SELECT source, file_name, digest, bytes, image_unread FROM derived_wheel "
            "WHERE repository = $1 AND base = $2 AND recipe = $3",
            {place.repository, place.base, place.recipe}));
    TRY(auto tuples, (rows.as<std::string, std::string, std::string, std::int64_t, bool>()));
    Wheels wheels;
    for (auto& [source, file_name, digest, bytes, image_unread] : tuples) {
        TRY(const Digest parsed, Digest::parse(digest));
        wheels[source] = {file_name, parsed, bytes, "", image_unread};
    }
    return wheels;
}

Status PostgresBuildMemory::remember_derived_wheels(const DerivedWheelPlace& place,
                                                    const Wheels& wheels) {
    TRY(auto transaction, pool_.begin({.epoch = epoch_}));
    for (const auto& [source, wheel] : wheels) {
        TRY(transaction.execute(
            "INSERT INTO derived_wheel (repository, base, recipe, source, file_name, digest, bytes, "
            "image_unread) VALUES ($1,$2,$3,$4,$5,$6,$7,$8) ON CONFLICT DO NOTHING",
            {place.repository, place.base, place.recipe, source, wheel.file_name,
             wheel.digest.text(), wheel.bytes, wheel.image_unread}));
    }
    return transaction.commit();
}

Result<bool> PostgresBuildMemory::imports_known(const std::string& name_space,
                                                const std::string& key) {
    TRY(auto transaction, pool_.begin({.access = store::Access::ReadOnly}));
    TRY(const auto rows,
        transaction.query("SELECT key FROM good_imports WHERE namespace = $1 AND key = $2",
                          {name_space, key}));
    TRY(const auto found, rows.at_most_one<std::string>());
    return found.has_value();
}

Status PostgresBuildMemory::remember_imports(const std::string& name_space, const std::string& key,
                                             const std::string& experiment_uid) {
    TRY(auto transaction, pool_.begin({.epoch = epoch_}));
    TRY(transaction.execute(
        "INSERT INTO good_imports (namespace, key, experiment_uid) VALUES ($1, $2, $3) "
        "ON CONFLICT DO NOTHING",
        {name_space, key, experiment_uid}));
    return transaction.commit();
}

} // namespace pedigree::control

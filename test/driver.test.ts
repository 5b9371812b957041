// The driver contract, applied to every driver.

import { driverContract } from './driver_contract.js'
import { subjects } from './driver_subjects.js'

for (const subject of subjects) driverContract(subject)
